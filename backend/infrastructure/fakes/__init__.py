"""Stand-ins for outside services, shipped and typed; production refuses them."""
