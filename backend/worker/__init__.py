"""The job worker: loop, retry, lock and dead letter by procrastinate."""
