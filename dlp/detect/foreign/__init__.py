"""Personal and tax identifiers of other states."""
