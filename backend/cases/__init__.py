"""The command workflow: the case, its clocks and its ledger."""
