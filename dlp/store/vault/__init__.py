"""The evidence vault and its keys: design.md "At rest"."""
