"""Transcribers: what turns a recording into words with times."""
