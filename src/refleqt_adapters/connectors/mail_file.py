"""A vent from a mail (``.eml``, RFC 5322)."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.drafts import VentDraft
from refleqt_core.intake.vent_rules import CLOCKS_APART, is_credible

from .csv_records import opened
from .keyed_rows import FileContent
from .mail_text import own_words, text_of_html
from .reading import Reading

LARGEST = 50 << 20
"""Bytes of a mail with its attachments."""
LONGEST = 50_000
"""Characters of a vent, as they are taken over HTTP."""
_EARLY_YEAR = re.compile(r"(?<!\S)0\d{3}(?!\S)")
"""The parser takes the year 0001 for 2001, as it may 01 alone."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNREAD = "\N{REPLACEMENT CHARACTER}"
_REPLY = ("re:", "aw:", "fwd:", "fw:", "wg:", "sv:", "tr:")


def read_mail(path: Path, *, skip_bad_rows: bool = False, reading: Reading | None = None) -> FileContent[VentDraft]:
    """The mail as one vent: its subject and what its author wrote, when they wrote it, under its Message-ID.

    Quoted mails, the signature and attachments are left out; the notes say which attachments. A mail without a date
    that can be right was written when it is read, one without an id is known by its content. ``skip_bad_rows`` changes
    nothing, since there is one. No mail, or nothing in it: `InvalidInput`.
    """
    source = str(path)
    with opened(path) as file:
        data = file.read(LARGEST + 1)
    if not data:
        raise _fault(source, "the file is empty", "Save the mail as .eml.")
    if len(data) > LARGEST:
        raise _fault(source, f"the mail has more than {LARGEST >> 20} MB", "Save it without its attachments.")
    mail = BytesParser(policy=policy.default).parsebytes(data)
    if not isinstance(mail, EmailMessage) or not (mail["from"] or mail["date"] or mail["subject"]):
        raise _fault(source, "it is no mail: it has neither sender nor date nor subject", "Save the mail as .eml.")
    body, notes = _body(mail), list(_notes(mail))
    text = _keepable("\n\n".join(part for part in (_subject(mail), body) if part))
    if not text.strip():
        raise _fault(source, "there is nothing in the mail", "Write a word or two.")
    if len(text) > LONGEST:
        raise _fault(source, f"the mail says more than {LONGEST:,} characters", "Import what matters of it.")
    if unread := text.count(_UNREAD):
        notes.append(
            f"Signs that could not be read in the character set of the mail: {unread:,}; they stand as {_UNREAD}."
        )
    written_at, now = _written_at(mail), (reading or Reading.of_file(path)).now
    if written_at is None or not is_credible(written_at, now, CLOCKS_APART):
        written_at = now
        notes.append("The mail has no date that can be read; it was taken as written now.")
    vent = VentDraft(external_id=_identity(mail, data), text=text, written_at=written_at)
    return FileContent([vent], notes=tuple(notes))


def _subject(mail: EmailMessage) -> str:
    subject = " ".join(_header(mail, "subject").split())
    while subject.casefold().startswith(_REPLY):
        subject = subject.partition(":")[2].strip()
    return subject


def _body(mail: EmailMessage) -> str:
    """Plain text where there is any, else what a reader sees of the HTML."""
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        if part is not None:
            said = _decoded(part)
            said = own_words(text_of_html(said) if kind == "html" else said)
            if said:
                return said
    return ""


def _decoded(part: MIMEPart) -> str:
    """The part's text, whatever it claims of its character set."""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError, KeyError):
        data = part.get_payload(decode=True)
        return data.decode("utf-8", "replace") if isinstance(data, bytes) else ""


def _notes(mail: EmailMessage) -> Iterator[str]:
    parts = list(mail.iter_attachments()) if mail.is_multipart() else []
    names = [f"'{(part.get_filename() or part.get_content_type())[:80]}'" for part in parts]
    if names:
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        yield f"Attachments are left out: {', '.join(names[:5])}{more}."


def _written_at(mail: EmailMessage) -> datetime | None:
    """The moment of the Date header; one without a time zone is taken as UTC, as RFC 5322 says of ``-0000``."""
    said = _header(mail, "date")
    if any(name.lower() == "date" and _EARLY_YEAR.search(str(raw)) for name, raw in mail.raw_items()):
        return None
    try:
        at = parsedate_to_datetime(said)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _identity(mail: EmailMessage, data: bytes) -> str:
    said = "".join(_header(mail, "message-id").split()).strip("<>")
    return _keepable(said[:500]) if said else f"mail-{hashlib.sha256(data).hexdigest()[:32]}"


def _keepable(text: str) -> str:
    """The text as a database can keep it: what a broken character set left behind is replaced."""
    return _SURROGATE.sub(_UNREAD, text.replace("\0", ""))


def _header(mail: EmailMessage, name: str) -> str:
    """The header as text; one that is broken is as if it were absent."""
    try:
        return str(mail[name] or "")
    except Exception:  # the parser of headers raises whatever it comes upon
        return ""


def _fault(source: str, problem: str, remedy: str) -> InvalidInput:
    return InvalidInput([Fault(source, None, None, problem, remedy)])
