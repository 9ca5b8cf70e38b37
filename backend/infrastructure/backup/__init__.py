"""A whole copy of the database and its way back: a dump of one snapshot, and a manifest that says what is in it."""
