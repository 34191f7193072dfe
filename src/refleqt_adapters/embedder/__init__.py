"""Embedders: texts to unit-length vectors."""
