"""Identifiers Russian law gives to people, firms, accounts, vehicles and land."""
