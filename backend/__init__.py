"""The domain and its infrastructure. Nothing here knows that HTTP exists."""
