"""What citizens ask of their own data."""
