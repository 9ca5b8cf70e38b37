"""What apps choose from: divisions, categories, request types, centres."""
