"""Adapters of the escrow port."""
