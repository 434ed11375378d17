"""Secrets: keys, tokens, passwords and connection strings; one module per family of services."""
