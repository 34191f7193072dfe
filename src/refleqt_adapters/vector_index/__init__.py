"""Adapters of the vector_index port."""
