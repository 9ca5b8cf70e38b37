"""What people are asked to agree to, and their answers."""
