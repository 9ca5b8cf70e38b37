"""A grid worker's report from the spot: it opens a case, once however often the phone sends it."""
