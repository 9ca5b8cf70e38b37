"""Is it alive, can it serve, and how much does it do."""
