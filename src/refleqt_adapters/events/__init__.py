"""Adapters of the events port."""
