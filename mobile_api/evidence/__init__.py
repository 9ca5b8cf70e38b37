"""Photos: uploaded before the complaint they belong to, shown by signed links."""
