"""What is done with people and their sign-in: one module for each step, one verb a function."""
