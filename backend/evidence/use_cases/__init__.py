"""What is done to evidence: taken in, attached, removed, and swept."""
