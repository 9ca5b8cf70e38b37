"""From a feed to the stored catalogue: checked, compared, written in one transaction, named by a version."""
