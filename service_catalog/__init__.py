"""The catalogue of the eighteen sub-apps: their data, how it is loaded, searched and shown."""
