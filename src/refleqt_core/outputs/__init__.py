"""Subsystem 4, what the business is given: suggestions, execution maps, anonymous creator briefs."""
