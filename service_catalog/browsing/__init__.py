"""The catalogue as every web process holds it: one immutable snapshot a version, and the answers made from it."""
