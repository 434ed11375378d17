"""Message to Texts: what there is to search in a message, and what could not be read."""
