"""Command centres 1+10+96, divisions, handling units, categories and the calendar."""
