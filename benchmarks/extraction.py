"""How much of what labelled texts say the offline model finds, how much of what it finds is right, and how fast.

``python -m benchmarks.extraction`` prints the tables, ``--write`` puts them into ``docs/extraction.md``.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from refleqt_adapters.llm.offline import OfflineLLM
from refleqt_core.context.extraction import FINDING_KINDS, NAMED_KINDS, Finding, KnownNames
from refleqt_core.context.instructions_in_text import talks_to_a_model
from refleqt_core.context.reading import read

ROOT = Path(__file__).parents[1]
LABELLED = ROOT / "tests" / "unit" / "labelled_texts.json"
GENUINE = ROOT / "tests" / "unit" / "genuine_sentences.json"
ATTACKS = ROOT / "tests" / "contract" / "injections.json"
UNSEEN = ROOT / "tests" / "unit" / "unseen_attacks.json"
DOCUMENT = ROOT / "docs" / "extraction.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

_GENUINE = {"tuning": "in view of the rules", "held_out": "held out", "new_held_out": "held out, new, of other trades"}
PARTS = {"tuning": "tuning", "held_out": "held out", "new_held_out": "held out, new"}


class Figures(NamedTuple):
    """How many ``labels`` were ``hit``, and how many ``found`` findings were ``right``."""

    hit: int
    labels: int
    right: int
    found: int

    @property
    def precision(self) -> float:
        """The share of the findings that are right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the labels that were found; 1 where there are none."""
        return self.hit / self.labels if self.labels else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def labelled() -> Mapping[str, Any]:
    """The labelled texts by part, and the names that are known of their business."""
    document: Mapping[str, Any] = json.loads(LABELLED.read_text(encoding="utf-8"))
    return document


def measured(texts: Iterable[Mapping[str, Any]], known: KnownNames) -> dict[str, Figures]:
    """The figures of each kind of finding over the labelled ``texts``."""
    llm = OfflineLLM()
    counts = {kind: [0, 0, 0, 0] for kind in FINDING_KINDS}
    for each in texts:
        findings = [proven.finding for proven in read(llm, each["text"], known).findings]
        for kind in FINDING_KINDS:
            own = [finding for finding in findings if finding.kind == kind]
            for place, count in enumerate(_compared(kind, own, each["expect"])):
                counts[kind][place] += count
    return {kind: Figures(*count) for kind, count in counts.items()}


def _compared(kind: str, found: Sequence[Finding], expect: Mapping[str, Sequence[str]]) -> tuple[int, int, int, int]:
    if kind == "theme":
        return _themes([one.text.casefold() for one in found], expect)
    labels = expect.get(kind, ())
    hit = sum(any(_is_meant(kind, one, label) for one in found) for label in labels)
    right = sum(any(_is_meant(kind, one, label) for label in labels) for one in found)
    return hit, len(labels), right, len(found)


def _themes(found: Sequence[str], expect: Mapping[str, Sequence[str]]) -> tuple[int, int, int, int]:
    wanted = expect["theme"][0].split("|")
    hit = any(word in theme for word in wanted for theme in found)
    right = sum(any(word in theme for word in (*wanted, *expect["theme_ok"])) for theme in found)
    return hit, 1, right, len(found)


def _is_meant(kind: str, finding: Finding, label: str) -> bool:
    if kind in NAMED_KINDS:
        return finding.text == label
    if kind == "emotional_charge":
        feelings, part = label.split(": ", 1)
        return part in finding.quote and finding.text in feelings.split("/")
    return label in finding.quote


def known_names(document: Mapping[str, Any]) -> KnownNames:
    """The names that the labelled texts' business has given."""
    return KnownNames(**{group: tuple(names) for group, names in document["known"].items()})


def tables() -> str:
    """A table of figures for each part of the labelled texts, and what is taken for talk to a model."""
    document = labelled()
    known = known_names(document)
    parts = [_table(title, document[part], known) for part, title in PARTS.items()]
    return "\n\n".join([*parts, _detection()]) + "\n"


def _table(title: str, texts: Sequence[Mapping[str, Any]], known: KnownNames) -> str:
    figures = measured(texts, known)
    rows = [
        f"| {kind.replace('_', ' ')} | {each.precision:.2f} ({each.right} of {each.found}) | "
        f"{each.recall:.2f} ({each.hit} of {each.labels}) | {each.f1:.2f} |"
        for kind, each in figures.items()
    ]
    head = [f"**{title.capitalize()}** ({len(texts)} texts)", "", "| kind | precision | recall | F1 |"]
    return "\n".join([*head, "|---|---|---|---|", *rows])


def _detection() -> str:
    genuine = json.loads(GENUINE.read_text(encoding="utf-8"))
    attacks = json.loads(ATTACKS.read_text(encoding="utf-8"))["attacks"]
    seen = sum(talks_to_a_model(attack["text"]) for attack in attacks)
    unseen = json.loads(UNSEEN.read_text(encoding="utf-8"))["attacks"]
    found = sum(talks_to_a_model(attack) for attack in unseen)
    rows = [f"| attacks seen, in view of the rules | {seen} of {len(attacks)} |"]
    rows.append(f"| attacks seen, written after the rules | {found} of {len(unseen)} |")
    for part, title in _GENUINE.items():
        wrong = sum(talks_to_a_model(sentence) for sentence in genuine[part])
        rows.append(f"| genuine sentences taken for orders, {title} | {wrong} of {len(genuine[part])} |")
    return "\n".join(["**What talks to a model**", "", "| | |", "|---|---|", *rows])


def texts_a_second(clock: Callable[[], float], rounds: int = 5) -> list[float]:
    """How many of the labelled texts are read in a second of that clock, in each of ``rounds`` runs."""
    document = labelled()
    known = known_names(document)
    texts = [each["text"] for part in PARTS for each in document[part]]
    llm, speeds = OfflineLLM(), []
    read(llm, texts[0], known)
    for _ in range(rounds):
        began = clock()
        for text in texts:
            read(llm, text, known)
        speeds.append(len(texts) / (clock() - began))
    return speeds


def written(document: str, figures: str) -> str:
    """``document`` with ``figures`` between its two marks."""
    before, _, rest = document.partition(BEGIN)
    return f"{before}{BEGIN}\n{figures}{END}{rest.partition(END)[2]}"


def main(arguments: Sequence[str] | None = None) -> None:
    """The tables are printed, and written into the document if that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"put the tables into {DOCUMENT.name}")
    given = parser.parse_args(arguments)
    found = tables()
    sys.stdout.write(found)
    for clock, what in ((time.perf_counter, "second"), (time.process_time, "second of one processor")):
        speeds = texts_a_second(clock)
        middle, least, most = statistics.median(speeds), min(speeds), max(speeds)
        sys.stdout.write(f"\n{middle:.0f} texts a {what} (from {least:.0f} to {most:.0f})")
    sys.stdout.write("\n")
    if given.write:
        DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8"), found), encoding="utf-8")


if __name__ == "__main__":
    main()
