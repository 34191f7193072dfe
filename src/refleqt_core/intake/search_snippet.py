"""How wide a title is where search shows it."""

import unicodedata

TITLE_SIZE = 20
"""Pixels: the size of a title in Google's results on a desktop, set in Arial."""

_WIDTHS = {
    191: "'",
    222: "ijl‘’",
    260: "|",
    278: " !,./:;I[\\]ft\u00a0",
    333: "()-`r“”",
    334: "{}",
    350: "•",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu–€",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "—…",
    1015: "@",
}
_THOUSANDTHS = {sign: width for width, signs in _WIDTHS.items() for sign in signs}
_LATIN, _WIDE = 556, 1000


def pixel_width(text: str, size: float = TITLE_SIZE) -> float:
    """The width of ``text`` in pixels, set in Arial at ``size`` pixels, without kerning.

    By the advance widths of Adobe's font metrics for Helvetica, which Arial shares. A letter that the table lacks is as
    wide as its base letter if it has one, as an em from U+1100 on (CJK, emoji), else as a digit.
    """
    return sum(map(_thousandths, text)) * size / 1000


def _thousandths(sign: str) -> int:
    if (known := _THOUSANDTHS.get(sign)) is not None:
        return known
    if ord(sign) >= 0x1100:
        return _WIDE
    base = unicodedata.normalize("NFD", sign)[0]
    return 0 if unicodedata.combining(sign) else _THOUSANDTHS.get(base, _LATIN)
