"""Sign-in codes, sessions and their refresh."""
