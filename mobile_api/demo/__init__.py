"""Trying the API from /docs with a demo account: in development alone."""
