"""Evidence: photos, and what was made of them. The room knows their owner and the key of what they are attached to."""
