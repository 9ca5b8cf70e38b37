"""Cases, as the desks of the command centres see and move them."""
