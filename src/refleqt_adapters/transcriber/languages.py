"""The languages that Whisper knows: services name them in words, transcripts by ISO 639-1."""

NOT_TOLD = "und"
"""ISO 639-2's code for a language that nobody has determined; of recordings in which nothing is said."""

_WORDS = """
af afrikaans am amharic ar arabic as assamese az azerbaijani ba bashkir be belarusian bg bulgarian bn bengali bo tibetan
br breton bs bosnian ca catalan ca valencian cs czech cy welsh da danish de german el greek en english es castilian
es spanish et estonian eu basque fa persian fi finnish fo faroese fr french gl galician gu gujarati ha hausa he hebrew
hi hindi hr croatian ht haitian hu hungarian hy armenian id indonesian is icelandic it italian ja japanese jv javanese
ka georgian kk kazakh km khmer kn kannada ko korean la latin lb luxembourgish ln lingala lo lao lt lithuanian lv latvian
mg malagasy mi maori mk macedonian ml malayalam mn mongolian mr marathi ms malay mt maltese my burmese my myanmar
ne nepali nl dutch nl flemish nn nynorsk no norwegian oc occitan pa panjabi pa punjabi pl polish ps pashto pt portuguese
ro moldavian ro moldovan ro romanian ru russian sa sanskrit sd sindhi si sinhala si sinhalese sk slovak sl slovenian
sn shona so somali sq albanian sr serbian su sundanese sv swedish sw swahili ta tamil te telugu tg tajik th thai
tk turkmen tl tagalog tr turkish tt tatar uk ukrainian ur urdu uz uzbek vi vietnamese yi yiddish yo yoruba
yue cantonese zh chinese zh mandarin haw hawaiian
"""
_CODES = {name: code for code, name in zip(*[iter(_WORDS.split())] * 2, strict=True)}


def language_code(named: str | None) -> str:
    """The code of a language that is named in English, by a code (``en``) or by a tag (``en-GB``); else `NOT_TOLD`.

    ISO 639-1 where it has one; Hawaiian and Cantonese have three letters (ISO 639-3). Whisper's own ``jw`` is ``jv``.
    """
    word = (named or "").strip().lower().replace("_", "-").partition("-")[0]
    code = _CODES.get(word.partition(" ")[0], word)
    code = {"jw": "jv"}.get(code, code)
    return code if code in _CODES.values() else NOT_TOLD
