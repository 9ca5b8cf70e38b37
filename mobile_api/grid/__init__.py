"""Grid cells, and what lies at a position."""
