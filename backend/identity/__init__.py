"""People, their sign-in and their devices; Actor says who asks."""
