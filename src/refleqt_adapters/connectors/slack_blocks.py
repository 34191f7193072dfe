"""The words of a Slack message that stand in its blocks alone, in the marks that its text would have."""

from collections.abc import Iterator
from typing import Any

_MARKS = {"user": "<@{}>", "usergroup": "<!subteam^{}>", "channel": "<#{}>", "broadcast": "<!{}>", "emoji": ":{}:"}
"""How what an element names stands in a text."""

_NAMED_BY = {
    "user": "user_id",
    "usergroup": "usergroup_id",
    "channel": "channel_id",
    "broadcast": "range",
    "emoji": "name",
}
_DEEPEST = 20
"""Lists and quotes inside one another; Slack itself has eight levels."""


def marked_text(blocks: Any) -> str:
    """The words of the ``rich_text`` blocks, line by line; those of other blocks are an app's, and none."""
    rich = [each for each in _objects(blocks) if each.get("type") == "rich_text"]
    return "\n".join(filter(None, ("".join(_words(block, 0)).strip() for block in rich)))


def _words(element: dict[str, Any], depth: int) -> Iterator[str]:
    kind = str(element.get("type"))
    if kind in _MARKS:
        yield _MARKS[kind].format(_escaped(element.get(_NAMED_BY[kind])))
    elif kind == "link":
        yield _escaped(element.get("text") or element.get("url"))
    elif kind == "text":
        yield _escaped(element.get("text"))
    elif depth < _DEEPEST:
        for each in _objects(element.get("elements")):
            yield from _words(each, depth + 1)
        yield "\n"


def _escaped(said: Any) -> str:
    """As a message's text has it, where three signs would be marks."""
    text = said if isinstance(said, str) else ""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _objects(said: Any) -> list[dict[str, Any]]:
    return [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []
