"""Subsystem 1, the user's input: onboarding, calendar, activities, vents, tooling, performance."""
