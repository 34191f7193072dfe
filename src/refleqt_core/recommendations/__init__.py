"""Subsystem 7, the recommendation engine that improves itself."""
