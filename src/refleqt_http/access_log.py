"""What the access log must not hold: the token in the address of a feed."""

import logging
import re

HIDDEN = "token=…"
_TOKEN = re.compile(r"\btoken=[^&\s\"]*", re.IGNORECASE)


class WithoutTokens(logging.Filter):
    """Takes the tokens out of the addresses that a record tells of, before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """The record passes, every address in it without its token."""
        if isinstance(record.args, tuple):
            record.args = tuple(_hidden(each) for each in record.args)
        record.msg = _hidden(record.msg)
        return True


def hide_tokens() -> None:
    """The access log tells no tokens from now on; said twice, it is said once."""
    for name in ("uvicorn.access", "uvicorn.error"):
        log = logging.getLogger(name)
        if not any(isinstance(each, WithoutTokens) for each in log.filters):
            log.addFilter(WithoutTokens())


def _hidden(said: object) -> object:
    return _TOKEN.sub(HIDDEN, said) if isinstance(said, str) else said
