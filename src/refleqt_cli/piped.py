"""What is piped in."""

import sys


def piped_text() -> str:
    """All of standard input, as a text in UTF-8; a byte order mark is left out. Other bytes: `InvalidInput`."""
    from refleqt_core.errors import InvalidInput

    try:
        return sys.stdin.buffer.read().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        problem = f"standard input is no text in UTF-8: byte {error.start + 1:,} is 0x{error.object[error.start]:02x}"
        raise InvalidInput(f"{problem}; save it as UTF-8") from error
