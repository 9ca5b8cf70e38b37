"""Words and laws every room shares: errors, events, ids, time and place. No I/O."""
