"""The page of the nine signals, for the sample business and for one with nothing."""

import io
from datetime import timedelta
from typing import Any

import pytest
from calendar_rows import Calendar
from composition import FILE, NOON, Composition, draft
from rich.console import Console

from refleqt_cli.calendar_patterns_page import TITLES, evidence_page, patterns_page
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar_patterns.document import patterns_of
from refleqt_core.intake.calendar_patterns.findings import SIGNALS
from refleqt_core.intake.calendar_patterns.service import PatternService
from refleqt_core.ports import where


def printed(parts: Any, width: int = 100, encoding: str = "utf-8") -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    console = Console(file=out, width=width)
    for part in parts:
        console.print(part)
    out.seek(0)
    return out.read()


def page_of(refleqt: Composition, width: int = 100, encoding: str = "utf-8") -> str:
    business, service = refleqt.business(), PatternService(store=refleqt.store, clock=refleqt.clock, ids=refleqt.ids)
    drafts = [
        draft(
            f"E-{number}",
            title=f"Post {number}",
            campaign="spring" if number % 2 else None,
            funnel_stage="tofu" if number % 3 else "bofu",
            channel=("linkedin", "email", "blog")[number % 3],
            primary_keyword="kitchen waste" if number < 4 else f"keyword {number}",
            created_at=NOON - timedelta(days=100 - number),
            publish_at=NOON - timedelta(days=80 - number),
            status="published",
        )
        for number in range(30)
    ]
    refleqt.calendar.import_entries(business, drafts, FILE)
    snapshot = service.analyze(business)
    with refleqt.store.business(business) as tx:
        (owner,) = tx.find(Business, *where(id=business))
    return printed(patterns_page(patterns_of(snapshot.patterns), snapshot.computed_at, owner, []), width, encoding)


def test_the_page_has_every_signal_with_its_sentence_and_plot(refleqt: Composition) -> None:
    page = page_of(refleqt)
    assert all(title in page for title in TITLES.values())
    assert "LinkedIn" in page and "nothing at all for consideration" in page
    assert "kitchen waste" in page
    assert "Half of the entries are published within 20 days" in page


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_page_is_no_wider_than_the_terminal(refleqt: Composition, width: int) -> None:
    assert max(map(len, page_of(refleqt, width).splitlines())) <= width


def test_a_terminal_without_unicode_gets_no_replaced_signs(refleqt: Composition) -> None:
    page = page_of(refleqt, encoding="ascii")
    assert page.isascii()
    assert "?" not in page


def test_a_business_with_nothing_gets_a_sentence_for_every_signal(refleqt: Composition) -> None:
    business = refleqt.business()
    with refleqt.store.business(business) as tx:
        (owner,) = tx.find(Business, *where(id=business))
    page = printed(patterns_page(Calendar().patterns(), NOON, owner, []))
    assert all(title in page for title in TITLES.values())
    assert "Nothing has been put on the calendar yet." in page


def test_what_a_signal_was_before_is_told_where_it_differs(refleqt: Composition) -> None:
    business, service = refleqt.business(), PatternService(store=refleqt.store, clock=refleqt.clock, ids=refleqt.ids)
    refleqt.calendar.save(business, draft("E-1", campaign="spring"))
    service.analyze(business)
    refleqt.pass_days(1)
    refleqt.calendar.save(business, draft("E-2"))
    snapshot = service.analyze(business)
    with refleqt.store.business(business) as tx:
        (owner,) = tx.find(Business, *where(id=business))
    earlier = service.history(business)[:1]
    page = printed(patterns_page(patterns_of(snapshot.patterns), snapshot.computed_at, owner, earlier))
    assert "in a campaign: 50 %; it was 100 % on 2026-03-02" in page


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_evidence_of_a_signal_is_told_by_title(refleqt: Composition, signal: str) -> None:
    business, service = refleqt.business(), PatternService(store=refleqt.store, clock=refleqt.clock, ids=refleqt.ids)
    for number in range(6):
        idea = draft(f"E-{number}", title=f"Post {number}", status="planned", publish_at=None, primary_keyword="waste")
        entry = refleqt.calendar.save(business, idea)
        refleqt.pass_days(1)
        refleqt.calendar.move(business, entry.id, "published")
    refleqt.pass_days(40 if signal == "review_behaviour" else 1)
    page = printed(evidence_page(service.explain(business, signal)))
    assert TITLES[signal] in page
    assert "Post 3" in page
