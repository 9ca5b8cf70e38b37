"""What the law asks of personal data: known fields and their retention, rotation of keys, copies, and erasure."""
