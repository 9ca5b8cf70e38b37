"""Statements that compare what is stored with what should be."""
