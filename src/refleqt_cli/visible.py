"""Text that cannot steer the terminal it is shown on."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

_CONTROLS = [code for code in range(0x20) if chr(code) not in "\n\t"]
_UNSEEN = [0x7F, *range(0x80, 0xA0), 0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_VISIBLE = {code: 0x2400 + code for code in _CONTROLS} | dict.fromkeys(_UNSEEN, 0xFFFD) | {0x7F: 0x2421}


def visible(text: str) -> str:
    """The text at its length, with a sign in place of each control character but line breaks and tabs.

    Those of C0 become their pictures (U+2400 and up), those of C1 and of bidirectional text U+FFFD.
    """
    return text.translate(_VISIBLE)


class VisibleConsole(Console):
    """A console on which all text is `visible`; its own colours and cursor movements are as ever."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of the renderable; text is made visible before it is wrapped, so that columns stay straight."""
        if isinstance(renderable, Text) and (shown := visible(renderable.plain)) != renderable.plain:
            renderable = renderable.copy()
            renderable.plain = shown
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else visible(text), style, control)
