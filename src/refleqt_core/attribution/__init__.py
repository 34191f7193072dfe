"""Subsystem 6, attribution: journeys, models of credit, return on investment."""
