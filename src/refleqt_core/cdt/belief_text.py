"""The words of a belief, written from its cell and its numbers; never the other way round."""

from collections.abc import Callable

from scipy.special import betainc

from ..errors import InvalidInput
from ..phrases import angle_name, on_channel

Ending = Callable[[str], str]


def messaging(option: str) -> str:
    """What a segment responds to, for a messaging angle; the noun is added where the option lacks it."""
    return f"to {option}" if option.lower().endswith(("messaging", "message", "messages")) else f"to {option} messaging"


CLAIMS: dict[str, Ending] = {
    "audience": lambda option: f"to content about {option}",
    "messaging": messaging,
    "channel": on_channel,
    "timing": lambda option: f"to content timed for {option}",
    "competitive": lambda option: f"to {option} as a reason to choose us over competitors",
}
"""How each category of belief ends the sentence that starts with its segment and "respond"."""


def belief_text(category: str, segment: str, option: str, *, rate: float, baseline: float) -> str:
    """The claim as a sentence without full stop, such as "Operations managers respond to ROI-focused messaging".

    A rate that is not above the business's own baseline gives the denial. Another category raises `InvalidInput`.
    """
    if category not in CLAIMS:
        raise InvalidInput(f"no category '{category}'; beliefs are about: {', '.join(CLAIMS)}")
    verb = "respond" if rate > baseline else "do not respond"
    told = option if category == "channel" else spoken(angle_name(option) if category == "messaging" else option)
    return f"{opened(spoken(segment))} {verb} {CLAIMS[category](told)}"


def belief_reason(metric: str, *, rate: float, baseline: float, low: float, high: float, evidence_count: int) -> str:
    """The numbers behind a claim: "conversion 31 % against the usual 22 %, 80 % interval 24–39 %, 12 outcomes"."""
    outcomes = f"{evidence_count} outcome{'' if evidence_count == 1 else 's'}" if evidence_count else "no outcome yet"
    return (
        f"{spoken(metric)} {percent(rate)} % against the usual {percent(baseline)} %, "
        f"80 % interval {percent(low)}–{percent(high)} %, {outcomes}"
    )


def confidence_above(a: float, b: float, baseline: float) -> float:
    """P(rate > baseline) for a rate with distribution Beta(a, b); in [0, 1]."""
    if a <= 0 or b <= 0 or not 0 <= baseline <= 1:
        raise InvalidInput(f"confidence needs a and b above 0 and a baseline in [0, 1], not {a}, {b}, {baseline}")
    return float(1 - betainc(a, b, baseline))


def spoken(name: str) -> str:
    """A stored name as words: underscores are spaces."""
    return " ".join(name.replace("_", " ").split())


def opened(phrase: str) -> str:
    """The phrase with its first letter as a capital, the rest as it is."""
    return phrase[:1].upper() + phrase[1:]


def percent(rate: float) -> str:
    """A rate in per cent, with one decimal below ten."""
    return f"{100 * rate:.1f}" if 100 * rate < 10 else f"{100 * rate:.0f}"
