"""The eighteen sub-apps and the gateway to them. The catalogue arrives with its own issue."""
