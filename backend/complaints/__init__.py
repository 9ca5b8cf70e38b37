"""A complaint of a citizen: it opens a case, and shows the citizen its way."""
