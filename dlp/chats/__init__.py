"""Messengers: one module each turns its records into messages; nobody else knows their forms."""
