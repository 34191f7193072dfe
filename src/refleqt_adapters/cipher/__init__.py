"""Ciphers for secrets at rest."""
