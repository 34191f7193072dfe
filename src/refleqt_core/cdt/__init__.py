"""Subsystem 3, the CDT: beliefs that learn, forecasts that are scored, model versions."""
