"""The sample catalogue: made from names of services by rule, without chance, and marked as sample everywhere."""
