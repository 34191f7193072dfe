"""Who is meant by a first name."""

from collections.abc import Iterable, Mapping


def called(people: Iterable[str]) -> Mapping[str, str]:
    """The full name by each first name, in small letters, that exactly one of the ``people`` has.

    People are told apart by their names, however these are spelled in capitals; who is known by one word alone is not
    another person than the one whose first name it is.
    """
    full = {" ".join(name.split()).casefold(): name for name in people}
    by_first: dict[str, list[str]] = {}
    for spelled, name in full.items():
        first, _, rest = spelled.partition(" ")
        if rest:
            by_first.setdefault(first, []).append(name)
    return {first: names[0] for first, names in by_first.items() if len(names) == 1}


def full_name(name: str, known: Mapping[str, str]) -> str:
    """The name as ``known`` by `called`; one that is not stays."""
    return known.get(" ".join(name.split()).casefold(), name)
