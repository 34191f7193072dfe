"""Clocks and sources of ids."""
