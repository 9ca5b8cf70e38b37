"""The phones that may be rung."""
