"""The inbox of the one who asks."""
