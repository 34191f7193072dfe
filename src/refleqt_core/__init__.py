"""Refleqt's pure core: seven subsystems, the ports they speak through, and nothing that touches the outside."""
