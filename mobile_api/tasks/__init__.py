"""Tasks of handling units and verifiers."""
