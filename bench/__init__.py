"""Measures the product: see ``docs/performance.md``."""
