"""Payment identifiers: cards, bank codes, wallets."""
