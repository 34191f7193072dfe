"""The nine implicit signals of the calendar: what a business shows by how it plans, without saying it."""
