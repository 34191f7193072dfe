"""What somebody wrote in a mail: without what they quote, and without their signature.

Own lines of code, since the kept library for it (mail-parser-reply 1.36) takes minutes on 50 kB that are made for it,
and loses lists. Everything here looks at one line at a time.
"""

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

LONGEST_LINE = 400
"""A line that introduces a quote or a signature is no longer."""

_WROTE = r"(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|napisał\(?a?\)?|skrev)"
_QUOTES_FOLLOW = re.compile(
    rf"(?=.{{0,300}}\d)(?:On|Am|Le|El|Il|Op|W dniu|Den) .{{4,300}}{_WROTE}.{{0,80}}:", re.IGNORECASE
)
_ORIGINAL = re.compile(
    r"-{2,9}\s?(?:Original|Forwarded|Ursprüngliche|Weitergeleitete|Message d'origine).{0,40}", re.IGNORECASE
)
_HEADER = re.compile(
    r"\*?(?:From|Von|De|Da|Van|Sent|Gesendet|Date|Datum|To|An|À|Subject|Betreff|Objet)\s?:\*?\s", re.IGNORECASE
)
_RULE = re.compile(r"[_-]{10,}")
_SIGNATURE = re.compile(r"--\s?")
_DEVICE = re.compile(
    r"(?:Sent from|Von meinem|Gesendet von|Envoyé de|Get Outlook for|Diese Nachricht wurde von).{0,80}", re.IGNORECASE
)
_PARAGRAPHS = frozenset(
    ["p", "div", "br", "li", "ul", "ol", "table", "tr", "blockquote", "hr", *(f"h{level}" for level in range(1, 7))]
)
_UNSEEN = frozenset(["script", "style", "head", "title", "template"])
_CELLS = frozenset(["td", "th", "dt", "dd"])
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_INVISIBLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_QUOTED = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "gmail_signature")


def own_words(body: str) -> str:
    """What the author of the mail wrote: what is quoted is left out, and what follows a signature's mark.

    A mail that holds nothing else is given whole, as quoted: then that is what it is about.
    """
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = [line for line in _until_history(lines) if not line.lstrip().startswith(">")]
    while kept and (not kept[-1].strip() or _DEVICE.fullmatch(kept[-1].strip())):
        kept.pop()
    own = _tidied(kept)
    return own or _tidied([line.lstrip("> ") for line in lines])


def text_of_html(html: str) -> str:
    """The text of a page of HTML as its reader sees it, one line a paragraph; quoted mails are left out."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return _tidied(list(lines))


def _until_history(lines: Sequence[str]) -> Iterator[str]:
    """The lines before the first that says that another mail, or a signature, follows."""
    for place, line in enumerate(lines):
        stripped = line.strip()
        if len(stripped) <= LONGEST_LINE and _ends_here(stripped, lines[place + 1 : place + 4]):
            return
        yield line


def _ends_here(line: str, following: Sequence[str]) -> bool:
    if _SIGNATURE.fullmatch(line) or _ORIGINAL.fullmatch(line):
        return True
    # Such a line is often broken in two.
    if any(
        _QUOTES_FOLLOW.fullmatch(said) for said in (line, f"{line} {(following or [''])[0].strip()[:LONGEST_LINE]}")
    ):
        return True
    headers = sum(_HEADER.match(each.strip()[:LONGEST_LINE]) is not None for each in (line, *following))
    return headers >= 3 and (_HEADER.match(line) is not None or _RULE.fullmatch(line) is not None)


def _tidied(lines: Sequence[str]) -> str:
    """The lines without blank ones at the ends, and with one of several between them."""
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and kept[-1]):
            kept.append(line.rstrip() if line.strip() else "")
    return "\n".join(kept).strip()


def _is_hidden(attrs: Sequence[tuple[str, str | None]]) -> bool:
    """Whether a mail program shows nothing of such an element, as of the lines that are only for previews."""
    return any(name == "hidden" or (name == "style" and _INVISIBLE.search(value or "")) for name, value in attrs)


class _Text(HTMLParser):
    """Gathers what is seen; what a mail program has marked as quoted is not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = " ".join(value or "" for name, value in attrs if name in ("class", "id", "type"))
        quotes = any(mark in classes for mark in _QUOTED) or (tag == "blockquote" and "cite" in classes)
        unseen = tag in _UNSEEN or quotes or (tag not in _VOID and _is_hidden(attrs))
        if self._hidden and self._hidden[0] == "p" and tag in _PARAGRAPHS:
            self._hidden.clear()  # a paragraph ends where the next block begins, whether that is said or not
        if (self._hidden and tag == self._hidden[0]) or (not self._hidden and unseen):
            self._hidden.append(tag)
        elif tag in _PARAGRAPHS:
            self.parts.append("\n")
        elif tag in _CELLS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag == self._hidden[0]:
            self._hidden.pop()
        elif tag in _PARAGRAPHS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))
