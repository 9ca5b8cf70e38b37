"""Who is told what happened, in which words: the inbox is the truth, a push is a hint without personal data."""
