"""The smallest product that the supervisor can run: a set-up, a web with a table of notes, and a worker that waits."""
