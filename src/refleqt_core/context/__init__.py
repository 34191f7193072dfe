"""Subsystem 2, the context engine: the profile β, extraction with proof, retrieval, signals, patterns."""
