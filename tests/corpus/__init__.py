"""Labelled corpora and the floors detection keeps on them."""
