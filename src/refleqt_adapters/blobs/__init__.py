"""Blob stores: immutable bytes by content hash."""
