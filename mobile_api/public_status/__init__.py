"""The status of a complaint, for whoever has its query code."""
