"""How tests read a transcript of their own making."""

from io import BytesIO

from refleqt_adapters.connectors.transcript_files import transcript_of
from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.ports import Transcript


def heard(name: str, text: str | bytes) -> Transcript:
    """The transcript in a file of that name."""
    return transcript_of(BytesIO(text.encode() if isinstance(text, str) else text), name).items[0]


def turns(name: str, text: str | bytes) -> list[tuple[str | None, str]]:
    """Who says what in it."""
    return [(each.speaker, each.text) for each in heard(name, text).segments]


def times(name: str, text: str | bytes) -> list[tuple[float, float]]:
    """From when to when each turn of it is said."""
    return [(each.start, each.end) for each in heard(name, text).segments]


def wrong(name: str, text: str | bytes) -> list[Fault]:
    """All that is at fault in it."""
    try:
        heard(name, text)
    except InvalidInput as error:
        return list(error.faults)
    raise AssertionError("nothing was refused")
