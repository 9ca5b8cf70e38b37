"""What is done with messages and phones: tell, ring, read, register."""
