"""Complaints, as their reporters file and see them."""
