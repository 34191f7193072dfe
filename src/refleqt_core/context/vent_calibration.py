"""Written by ``python -m benchmarks.vent_recurrence --write``; nothing here is set by hand."""

from collections.abc import Mapping

CALIBRATIONS: Mapping[str, Mapping[str, float]] = {
    "all-MiniLM-L6-v2-int8@5bd5b6b0f469": {
        "intercept": -6.3826,
        "cosine": 14.4393,
        "words": 0.0,
        "shared_tag": 1.9867,
        "other_tags": -1.5166,
        "join": -1.75,
        "group": -2.625,
    },
    "hashing-1-384": {
        "intercept": -4.0291,
        "cosine": 4.1961,
        "words": 0.0,
        "shared_tag": 2.6322,
        "other_tags": -1.6192,
        "join": -2.375,
        "group": -2.375,
    },
    "any": {
        "intercept": -3.6743,
        "cosine": 0.0,
        "words": 9.3108,
        "shared_tag": 2.4241,
        "other_tags": -1.6188,
        "join": -1.625,
        "group": -2.875,
    },
}
"""Weights and thresholds by embedding model; see `vent_likeness.Calibration`."""
