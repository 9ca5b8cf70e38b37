"""The city as frozen values, and how its files become such values. Pure."""
