"""Adapters of the connectors port."""
