"""The nine signals as a JSON document, and back."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from .findings import CalendarPatterns

if TYPE_CHECKING:
    from cattrs import Converter


def document_of(patterns: CalendarPatterns) -> dict[str, Any]:
    """Objects, lists, texts and numbers alone, so that it comes back from a JSON column as it is."""
    written: dict[str, Any] = _converter().unstructure(patterns)
    return written


def patterns_of(document: Mapping[str, Any]) -> CalendarPatterns:
    """The signals that the document holds; what it does not say, since it is an older one, has its default."""
    return _converter().structure(document, CalendarPatterns)


@cache
def _converter() -> "Converter":
    from cattrs.preconf.json import make_converter

    converter = make_converter()
    converter.register_unstructure_hook(UUID, str)
    converter.register_structure_hook(UUID, lambda value, _: UUID(value))
    return converter
