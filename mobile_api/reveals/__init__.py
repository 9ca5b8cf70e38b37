"""What is shown in full: to whom, and who reads about it."""
