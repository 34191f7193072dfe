"""Characters that a reader takes for another one: look-alikes of Latin letters, and digits written for letters.

An own selection, made for names in Latin letters; the whole picture is Unicode Technical Standard 39.
"""

from collections.abc import Mapping

_LOOK_ALIKES = {
    # Cyrillic
    "АаӐӑ": "a", "ВвЬьЪъ": "b", "СсҪҫ": "c", "ԀԁԂ": "d", "ЕеЁёЄєҼ": "e", "Ғғ": "f", "ԌԍҐ": "g", "НһҺҢң": "h",
    "ІіЇї": "i", "Јј": "j", "КкҚқҜҝ": "k", "Ӏӏ": "l", "МмӍӎ": "m", "нПпԥ": "n", "ОоӦӧ": "o", "РрҎҏ": "p", "Ԛԛ": "q",
    "ГгЯя": "r", "Ѕѕ": "s", "ТтҬҭ": "t", "Цц": "u", "Ѵѵ": "v", "ԜԝШшѠѡ": "w", "ХхҲҳ": "x", "УуҮүҰұ": "y", "Зз": "3",
    "Чч": "4", "б": "6",
    # Greek
    "ΑαΆά": "a", "Ββ": "b", "ϹϲⲤ": "c", "ΕεΈέϵ": "e", "Ϝϝ": "f", "Η": "h", "Ιι": "i", "Ϳϳ": "j", "Κκ": "k", "Μ": "m",
    "Νη": "n", "ΟοσΌό": "o", "Ρρ": "p", "Ττ": "t", "υμ": "u", "ν": "v", "ωώ": "w", "Χχ": "x", "ΥγΎύ": "y", "Ζζ": "z",
    # Armenian and Cherokee
    "օՕ": "o", "սՍ": "u", "ոռ": "n", "հ": "h", "զ": "q", "Տ": "s", "Լ": "l", "ց": "g", "ք": "f", "յ": "j",
    "Ꭺ": "a", "Ᏼ": "b", "Ꮯ": "c", "Ꭰ": "d", "Ꭼ": "e", "Ꮐ": "g", "Ꮋ": "h", "Ꭵ": "i", "Ꭻ": "j", "Ꮶ": "k", "Ꮮ": "l",
    "Ꮇ": "m", "Ꮲ": "p", "Ꭱ": "r", "Ꮪ": "s", "Ꭲ": "t", "Ꮩ": "v", "Ꮃ": "w", "Ꮓ": "z",
    # Latin letters of phonetic and other alphabets, and small capitals
    "ɑᴀ": "a", "ʙɓƀƅ": "b", "ᴄƈ": "c", "ᴅɖɗđĐðÐ": "d", "ᴇɛ": "e", "ꜰƒ": "f", "ɡɢɠ": "g", "ʜɦħĦ": "h", "ɪıɩɨ": "i",
    "ᴊȷ": "j", "ᴋƙ": "k", "ʟłŁɫƚ": "l", "ᴍɱ": "m", "ɴɲŋŊ": "n", "ᴏøØɵ": "o", "ᴘƥ": "p", "ʀɾ": "r", "ꜱʂ": "s",
    "ᴛŧŦƫ": "t", "ᴜʋ": "u", "ᴠ": "v", "ᴡɯ": "w", "ʏ": "y", "ᴢʐƶ": "z",
    "æÆ": "ae", "œŒ": "oe", "þÞ": "th",
    # Punctuation that comes in many shapes
    "‘’‚‛ʼʹ′´`ˈ＇": "'", "“”„‟″«»": '"', "∕⁄": "/", "⎯−": "-", "․": ".", "™℠": " ",
}  # fmt: skip

LOOK_ALIKES: Mapping[str, str] = {char: plain for chars, plain in _LOOK_ALIKES.items() for char in chars}
"""Character to what it is taken for, in lower case. Letters that compatibility decomposition resolves are not in it."""

INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u180e")
"""Fillers that count as letters in Unicode and show nothing."""

LETTER_BLOCKS = ((0x1F1E6, 26), (0x1F130, 26), (0x1F150, 26), (0x1F170, 26))
"""First code point and length of A–Z blocks without a decomposition: regional indicators, squared, negative circled."""

WRITTEN_FOR_LETTERS = str.maketrans("013456789i$@!|", "oleasgtbglsall")
"""Digits and signs to the letter they stand for in leet; ``i`` and ``l`` become one, since ``1`` stands for both."""

LEET_SIGNS = frozenset("$@!|")
"""Signs that stand for a letter only where letters surround them."""
