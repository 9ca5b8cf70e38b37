"""The commands: `flask ...`."""
