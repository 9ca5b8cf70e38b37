"""The least that answers like the product: what its hot paths are measured against (ADR 0035)."""
