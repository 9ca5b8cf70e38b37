"""Reports of grid workers, as their phones send them and as they follow them."""
