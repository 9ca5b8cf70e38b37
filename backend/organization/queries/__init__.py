"""What is read of the organization: the city as one frozen value, actors, people."""
