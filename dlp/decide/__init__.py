"""Rule hits to one verdict."""
