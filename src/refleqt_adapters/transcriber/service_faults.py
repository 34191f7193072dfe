"""What a hosted service means by the status of its answer, told without its key."""

from refleqt_core.errors import InvalidInput, NotAllowed, RefleqtError, Unavailable

from ..asking_again import Refusal
from .plain_words import plain_words

LONGEST_SAID = 300
"""Characters of the service's own words that an error repeats."""
PASSING = (408, 409, 425, 429)


def refusal(service: str, status: int | None, said: str, *, key: str | None, wait: float | None = None) -> Refusal:
    """The refusal that an HTTP status means: 408, 409, 425, 429, 5xx and none at all (None) pass, others do not.

    ``said`` is repeated in part, without control characters, and with ``key`` blotted out wherever it stands.
    """
    words = told(said, key)
    if status is None or status in PASSING or status >= 500:
        return Refusal(error=Unavailable(f"{service} does not answer: {words}"), passing=True, wait=wait)
    return Refusal(error=_meaning(service, status, words), passing=False)


def told(said: str, key: str | None) -> str:
    """What somebody outside said, on one line of at most `LONGEST_SAID` characters that does not hold the key."""
    blotted = said.replace(key, "[key]") if key else said
    line = plain_words(blotted)
    return line if len(line) <= LONGEST_SAID else f"{line[: LONGEST_SAID - 1]}…"


def _meaning(service: str, status: int, words: str) -> RefleqtError:
    if status in (401, 403):
        return NotAllowed(
            f"{service} refused the key ({status}): {words}. Check REFLEQT_TRANSCRIBER_API_KEY and what it may use."
        )
    if status == 402:
        return NotAllowed(f"{service} wants to be paid first (402): {words}. Top up the account there.")
    if 300 <= status < 400:
        return InvalidInput(
            f"{service} sends callers elsewhere ({status}). Name its final address in REFLEQT_TRANSCRIBER_API_BASE."
        )
    remedy = "Check REFLEQT_TRANSCRIBER_MODEL, REFLEQT_TRANSCRIBER_LANGUAGE and REFLEQT_TRANSCRIBER_API_BASE."
    return InvalidInput(f"{service} did not take the request ({status}): {words}. {remedy}")
