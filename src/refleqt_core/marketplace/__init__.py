"""Subsystem 5, the creator marketplace: matching, offers, deliveries, quality review, money."""
