"""The text of a Slack message as people read it: names for ids, signs for codes, no marks."""

import re
from collections.abc import Mapping

import attrs

_TOKEN = re.compile(r"<([^<>\n]{1,4000})>")
_DATE = re.compile(r"!date\^[^|]{0,500}\|(.{0,500})", re.DOTALL)
_SKIN = re.compile(r"(?<=:):skin-tone-[2-6]:|(?<=:)skin-tone-[2-6]:")
_ESCAPES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ESCAPED = re.compile("|".join(_ESCAPES))
_QUOTED = re.compile(r"(?m)^(?:&gt;)+\s?")
_MARKED = {
    mark: re.compile(rf"(?<![\w\{mark}])\{mark}(?=\S)([^\{mark}\n]{{1,2000}}?)(?<=\S)\{mark}(?![\w\{mark}])")
    for mark in "*_~"
}
_UNKNOWN_CHANNEL = "a private channel"


@attrs.frozen(kw_only=True)
class SlackText:
    """Turns marked text into plain text; ``people`` and public ``channels`` are names by id, others have none."""

    people: Mapping[str, str]
    channels: Mapping[str, str]

    def plain(self, marked: str) -> str:
        """The words on one line. Mentions, channels and links are written as they are shown, emoji as signs.

        An emoji of the workspace's own stays as it is written (``:our-logo:``), and so does an id that nobody has.
        """
        text = _QUOTED.sub("", marked) if "&gt;" in marked else marked
        text = _TOKEN.sub(lambda found: self._shown(found.group(1)), text) if "<" in text else text
        for mark, pattern in _MARKED.items():
            text = pattern.sub(r"\1", text) if mark in text else text
        text = _with_emoji(text.replace("```", " ").replace("`", ""))
        return " ".join(_ESCAPED.sub(lambda found: _ESCAPES[found.group()], text).replace("\0", "").split())

    def _shown(self, token: str) -> str:
        target, bar, shown = token.partition("|")
        match target[:1]:
            case "@":
                return "@" + (self.people.get(target[1:]) or shown.lstrip("@") or target[1:])
            case "#":
                # What the mark itself shows may be the name of a private channel.
                return "#" + (self.channels.get(target[1:]) or _UNKNOWN_CHANNEL)
            case "!":
                return _broadcast(token, target, shown)
        return shown if bar and shown else target.removeprefix("mailto:").removeprefix("tel:")


def _broadcast(token: str, target: str, shown: str) -> str:
    """``!here``, a group of users, or a date with the text for those who cannot show it."""
    if date := _DATE.fullmatch(token):
        return date.group(1)
    return shown or "@" + target[1:].partition("^")[0]


def _with_emoji(text: str) -> str:
    if text.count(":") < 2:
        return text
    import emoji

    return emoji.emojize(_SKIN.sub("", text), language="alias")
