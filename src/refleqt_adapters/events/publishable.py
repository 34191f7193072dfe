"""What every adapter checks of an event, so that all of them refuse the same."""

from refleqt_core.errors import InvalidInput, NotAllowed
from refleqt_core.ports import Event, Transaction

LONGEST = 500
"""Characters of a topic or subject: PostgreSQL carries 8,000 bytes, and an event only names what has changed."""


def check(event: Event, tx: Transaction) -> None:
    """``tx`` may publish the event: it is of the same business (`NotAllowed`), and short text (`InvalidInput`)."""
    if tx.business_id is not None and event.business_id != tx.business_id:
        raise NotAllowed(f"this unit of work cannot publish '{event.topic}' for another business")
    for name, text in (("topic", event.topic), ("subject", event.subject)):
        if not (text.isprintable() and 0 < len(text) <= LONGEST):
            raise InvalidInput(f"the {name} of an event has to be 1 to {LONGEST} printable characters: {text[:40]!r}")
