"""The catalogue of job types: payload, priority, schedule, handler."""
