"""Themes of the vent board: joined, made anew, named and corrected by people, and rid of what is edited or deleted."""

import itertools
from datetime import datetime, timedelta
from uuid import UUID

import attrs
import pytest
from composition import FILE, NOON, Composition
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.context.records import ContextExtraction
from refleqt_core.context.vent_themes import Regrouped
from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.intake.business import Competitors
from refleqt_core.intake.drafts import VentDraft
from refleqt_core.intake.vent_reading import VentSearch
from refleqt_core.intake.vents import VentEntry, VentTheme
from refleqt_core.values import BusinessId

SCANNERS = ("The new scanners are slow", "Those scanners are slow again", "Slow scanners, slow day")
PAYROLL = ("Payroll lost my holidays in December", "Payroll lost my holidays again")
ALL = (*SCANNERS, *PAYROLL)


def vented(refleqt: Composition, *texts: str, business: BusinessId | None = None) -> BusinessId:
    """A business whose vents have been read, the first one written first."""
    business = business or refleqt.business()
    for text in texts:
        refleqt.vents.write(business, text, written_at=NOON + timedelta(days=ALL.index(text) if text in ALL else 9))
        refleqt.work()
    return business


def themed(refleqt: Composition, business: BusinessId) -> set[frozenset[str]]:
    """The vents by theme."""
    vents = refleqt.rows(business, VentEntry)
    return {frozenset(v.text for v in vents if v.theme_id == theme) for theme in {v.theme_id for v in vents}}


def vent_of(refleqt: Composition, business: BusinessId, text: str) -> VentEntry:
    return next(vent for vent in refleqt.rows(business, VentEntry) if vent.text == text)


def theme_of(refleqt: Composition, business: BusinessId, text: str) -> VentTheme:
    id = vent_of(refleqt, business, text).theme_id
    return next(theme for theme in refleqt.rows(business, VentTheme) if theme.id == id)


def counted_right(refleqt: Composition, business: BusinessId) -> bool:
    written: dict[UUID | None, list[datetime]] = {}
    for vent in refleqt.rows(business, VentEntry, order="written_at"):
        written.setdefault(vent.theme_id, []).append(vent.written_at)
    told = {theme.id: (theme.count, theme.first_seen, theme.last_seen) for theme in refleqt.rows(business, VentTheme)}
    written.pop(None, None)
    return told == {theme: (len(own), own[0], own[-1]) for theme, own in written.items()}


@given(st.permutations(ALL))
@settings(max_examples=10, deadline=None)
def test_themes_made_anew_do_not_depend_on_the_order_in_which_the_vents_came(texts: list[str]) -> None:
    refleqt = Composition()
    business = vented(refleqt, *texts)
    refleqt.vent_themes.regroup(business)
    assert themed(refleqt, business) == {frozenset(SCANNERS), frozenset(PAYROLL)}
    assert counted_right(refleqt, business)


def test_making_themes_anew_twice_is_once(refleqt: Composition) -> None:
    business = vented(refleqt, *ALL)
    refleqt.vent_themes.regroup(business)
    rows = [*refleqt.rows(business, VentTheme), *refleqt.rows(business, VentEntry)]
    assert refleqt.vent_themes.regroup(business) == Regrouped(themes=2, opened=0, closed=0, moved=0)
    assert [*refleqt.rows(business, VentTheme), *refleqt.rows(business, VentEntry)] == rows


def test_without_vents_there_is_nothing_to_make_themes_of(refleqt: Composition) -> None:
    assert refleqt.vent_themes.regroup(refleqt.business()) == Regrouped(themes=0, opened=0, closed=0, moved=0)


@pytest.mark.parametrize("kinds", list(itertools.permutations(["embed", "extract"])), ids=" then ".join)
def test_it_does_not_matter_whether_a_vent_is_embedded_or_extracted_first(
    refleqt: Composition, kinds: tuple[str, str]
) -> None:
    business = refleqt.business()
    vents = [refleqt.vents.write(business, text) for text in ALL]
    for kind in kinds:
        for vent in vents:
            getattr(refleqt.context, kind)(business, "vent", vent.id)
    assert themed(refleqt, business) == {frozenset(SCANNERS), frozenset(PAYROLL)}


def test_a_name_that_a_person_gave_stays_when_themes_are_made_anew(refleqt: Composition) -> None:
    business = vented(refleqt, *ALL)
    theme = theme_of(refleqt, business, SCANNERS[0])
    refleqt.vent_themes.rename(business, theme.id, "  Slow \n hardware ")
    vented(refleqt, "The scanners are slow", business=business)
    refleqt.vent_themes.regroup(business)
    named = theme_of(refleqt, business, "The scanners are slow")
    assert (named.id, named.label, named.count) == (theme.id, "Slow hardware", 4)


@pytest.mark.parametrize("label", ["", " \n", "x" * 121])
def test_a_label_is_short_and_says_something(refleqt: Composition, label: str) -> None:
    business = vented(refleqt, SCANNERS[0])
    with pytest.raises(InvalidInput, match=r"characters|blank"):
        refleqt.vent_themes.rename(business, theme_of(refleqt, business, SCANNERS[0]).id, label)


def test_a_theme_that_was_changed_since_it_was_read_is_not_renamed(refleqt: Composition) -> None:
    business = vented(refleqt, SCANNERS[0])
    theme = theme_of(refleqt, business, SCANNERS[0])
    refleqt.vent_themes.rename(business, theme.id, "Scanners", version=theme.version)
    with pytest.raises(Conflict):
        refleqt.vent_themes.rename(business, theme.id, "Others", version=theme.version)


def test_a_vent_that_a_person_moved_stays_where_they_put_it(refleqt: Composition) -> None:
    business = vented(refleqt, *ALL)
    moved, target = vent_of(refleqt, business, SCANNERS[2]), theme_of(refleqt, business, PAYROLL[0])
    refleqt.vent_themes.move(business, moved.id, target.id)
    refleqt.vent_themes.regroup(business)
    refleqt.context.extract(business, "vent", moved.id)
    assert themed(refleqt, business) == {frozenset(SCANNERS[:2]), frozenset((*PAYROLL, SCANNERS[2]))}
    assert counted_right(refleqt, business)


def test_a_vent_can_be_given_a_theme_of_its_own(refleqt: Composition) -> None:
    business = vented(refleqt, *SCANNERS)
    left = theme_of(refleqt, business, SCANNERS[1])
    moved = refleqt.vent_themes.move(business, vent_of(refleqt, business, SCANNERS[1]).id, None)
    refleqt.vent_themes.regroup(business)
    assert {theme.id for theme in refleqt.rows(business, VentTheme)} == {left.id, moved.theme_id}
    assert theme_of(refleqt, business, SCANNERS[1]).id == moved.theme_id


def test_merged_themes_stay_one(refleqt: Composition) -> None:
    business = vented(refleqt, *ALL)
    gone, into = theme_of(refleqt, business, SCANNERS[0]), theme_of(refleqt, business, PAYROLL[0])
    merged = refleqt.vent_themes.merge(business, gone.id, into.id)
    refleqt.vent_themes.regroup(business)
    assert (merged.id, merged.count) == (into.id, len(ALL))
    assert [theme.id for theme in refleqt.rows(business, VentTheme)] == [into.id]


def test_a_theme_is_not_merged_into_itself(refleqt: Composition) -> None:
    business = vented(refleqt, SCANNERS[0])
    theme = theme_of(refleqt, business, SCANNERS[0])
    with pytest.raises(InvalidInput, match="itself"):
        refleqt.vent_themes.merge(business, theme.id, theme.id)


def test_an_edited_vent_leaves_its_theme_and_joins_the_one_that_it_now_belongs_to(refleqt: Composition) -> None:
    business = vented(refleqt, *SCANNERS, PAYROLL[0])
    vent = vent_of(refleqt, business, SCANNERS[2])
    refleqt.vent_editing.edit(business, vent.id, text=PAYROLL[1])
    assert counted_right(refleqt, business)
    refleqt.work()
    assert themed(refleqt, business) == {frozenset(SCANNERS[:2]), frozenset(PAYROLL)}
    assert counted_right(refleqt, business)


def test_nothing_of_the_old_words_is_left_once_a_vent_is_edited(refleqt: Composition) -> None:
    business = refleqt.business(competitors=Competitors(direct=("Freshpan",)))
    vented(refleqt, "Freshpan stole our best scanner client", business=business)
    [vent] = refleqt.rows(business, VentEntry)
    edited = refleqt.vent_editing.edit(business, vent.id, text="The till froze")
    assert refleqt.rows(business, ContextExtraction) == [] and refleqt.vectors.count(business) == 0
    assert (edited.sentiment, edited.edited_at, edited.written_at) == (None, refleqt.clock.now(), vent.written_at)
    refleqt.work()
    assert "scanner" not in theme_of(refleqt, business, "The till froze").label.casefold()
    assert all("Freshpan" not in row.quote for row in refleqt.rows(business, ContextExtraction))


def test_new_tags_alone_leave_what_was_read(refleqt: Composition) -> None:
    business = vented(refleqt, SCANNERS[0])
    [vent] = refleqt.rows(business, VentEntry)
    edited = refleqt.vent_editing.edit(business, vent.id, tags=["hardware", "hardware"])
    assert (edited.tags, edited.theme_id, edited.sentiment) == (("hardware",), vent.theme_id, vent.sentiment)
    assert refleqt.vectors.count(business) == 1


def test_the_same_text_and_tags_again_change_nothing(refleqt: Composition) -> None:
    business = vented(refleqt, SCANNERS[0])
    [vent] = refleqt.rows(business, VentEntry)
    assert refleqt.vent_editing.edit(business, vent.id, text=vent.text, tags=vent.tags) == vent


def test_a_vent_that_was_changed_since_it_was_read_is_not_edited(refleqt: Composition) -> None:
    business = vented(refleqt, SCANNERS[0])
    [vent] = refleqt.rows(business, VentEntry)
    refleqt.vent_editing.edit(business, vent.id, text="Other", version=vent.version)
    with pytest.raises(Conflict):
        refleqt.vent_editing.edit(business, vent.id, text="Third", version=vent.version)


def test_a_vent_is_not_edited_into_nothing(refleqt: Composition) -> None:
    business = vented(refleqt, SCANNERS[0])
    with pytest.raises(InvalidInput, match="blank"):
        refleqt.vent_editing.edit(business, refleqt.rows(business, VentEntry)[0].id, text=" ")


def test_a_deleted_vent_is_no_longer_counted_and_an_empty_theme_is_gone(refleqt: Composition) -> None:
    business = vented(refleqt, *ALL)
    for text in (SCANNERS[0], *PAYROLL):
        refleqt.removal.remove_vent(business, vent_of(refleqt, business, text).id)
    [theme] = refleqt.rows(business, VentTheme)
    assert (theme.count, theme.first_seen) == (2, NOON + timedelta(days=1))
    assert refleqt.vectors.count(business) == 2


def test_an_imported_vent_with_another_text_finds_its_theme_anew(refleqt: Composition) -> None:
    business, text = vented(refleqt, *PAYROLL, SCANNERS[1]), "Payroll lost my holidays, too"
    for said in (SCANNERS[0], text):
        drafts = [VentDraft(external_id="V-1", text=said, written_at=NOON)]
        refleqt.vents.import_vents(business, drafts, FILE)
        refleqt.work()
    assert themed(refleqt, business) == {frozenset((*PAYROLL, text)), frozenset([SCANNERS[1]])}
    assert counted_right(refleqt, business)


def test_a_name_that_a_person_gave_stays_when_the_first_vent_goes(refleqt: Composition) -> None:
    business = vented(refleqt, *SCANNERS)
    first, theme = vent_of(refleqt, business, SCANNERS[0]), theme_of(refleqt, business, SCANNERS[0])
    refleqt.vent_themes.rename(business, theme.id, "Slow hardware")
    refleqt.removal.remove_vent(business, first.id)
    assert theme_of(refleqt, business, SCANNERS[1]).label == "Slow hardware"


def test_a_label_of_a_deleted_vent_goes_with_it(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.vents.write(business, SCANNERS[0], tags=["a secret"], written_at=NOON)
    refleqt.vents.write(business, SCANNERS[0], tags=["hardware"], written_at=NOON)
    refleqt.work()
    [theme] = refleqt.rows(business, VentTheme)
    refleqt.removal.remove_vent(business, next(v.id for v in refleqt.rows(business, VentEntry) if "a secret" in v.tags))
    assert theme.label == "a secret" and [each.label for each in refleqt.rows(business, VentTheme)] == ["hardware"]


def test_a_theme_whose_count_is_wrong_is_counted_again_with_the_next_vent(refleqt: Composition) -> None:
    business = vented(refleqt, *SCANNERS)
    theme = theme_of(refleqt, business, SCANNERS[0])
    with refleqt.store.business(business) as tx:
        tx.save(attrs.evolve(theme, count=40))
    vented(refleqt, PAYROLL[0], business=business)
    assert counted_right(refleqt, business)


def test_vents_are_found_by_theme_tag_time_and_words(refleqt: Composition) -> None:
    business = vented(refleqt, *ALL)
    refleqt.vents.write(business, "A tagged one", tags=["till"])
    theme = theme_of(refleqt, business, PAYROLL[0]).id
    searches = {
        VentSearch(theme_id=theme): 2,
        VentSearch(tag="till"): 1,
        VentSearch(text="SLOW"): 3,
        VentSearch(since=NOON + timedelta(days=3)): 2,
        VentSearch(theme_id=theme, text="again"): 1,
    }
    assert {search: len(refleqt.vent_reader.find(business, search)) for search in searches} == searches


def test_another_business_can_neither_read_nor_change_nor_correct_vents_and_themes(refleqt: Composition) -> None:
    mine, other = vented(refleqt, *SCANNERS), refleqt.business("ash")
    vent, theme = vent_of(refleqt, mine, SCANNERS[0]), theme_of(refleqt, mine, SCANNERS[0])
    themes = refleqt.vent_themes
    for attempt in (
        lambda: refleqt.vent_reader.get(other, vent.id),
        lambda: refleqt.vent_editing.edit(other, vent.id, text="Mine now"),
        lambda: refleqt.removal.remove_vent(other, vent.id),
        lambda: themes.get(other, theme.id),
        lambda: themes.rename(other, theme.id, "Mine now"),
        lambda: themes.move(other, vent.id, None),
        lambda: themes.merge(other, theme.id, vent.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert themes.regroup(other).themes == 0 and refleqt.vent_reader.find(other) == []


@pytest.mark.parametrize("text", ["😡😡😡", "x" * 3_000, "?!?!"])
def test_vents_without_a_word_are_no_theme_together_and_find_nobody(text: str) -> None:
    refleqt = Composition()
    business = refleqt.business()
    for _ in range(5):
        refleqt.vents.write(business, text)
        refleqt.work()
    assert [theme.count for theme in refleqt.vent_themes.themes(business)] == [1] * 5
    done = refleqt.vent_themes.regroup(business)
    assert (done.themes, done.moved) == (5, 0)
    assert not refleqt.vent_reader.signals(business).recurrence.themes
    assert not [hit for hit in refleqt.context.search(business, "😡😡😡") if hit.similarity > 0.5]


def test_a_vent_that_a_person_edited_stays_so_when_its_file_is_imported_again() -> None:
    refleqt = Composition()
    business = refleqt.business()
    drafts = [VentDraft(external_id=f"V-{n}", text=text, written_at=NOON) for n, text in enumerate(SCANNERS[:2])]
    refleqt.vents.import_vents(business, drafts, FILE)
    first = refleqt.rows(business, VentEntry, order="external_id")[0]
    edited = refleqt.vent_editing.edit(business, first.id, text="Payroll lost my holidays", tags=["hr"])
    jobs = len(refleqt.queue.jobs())
    done = refleqt.vents.import_vents(business, drafts, FILE)
    assert (done.new, done.changed, done.unchanged, len(refleqt.queue.jobs())) == (0, 0, 2, jobs)
    assert refleqt.rows(business, VentEntry, order="external_id")[0] == edited


def test_no_two_themes_that_nobody_named_have_one_label(refleqt: Composition) -> None:
    business = refleqt.business()
    for text in ("The till froze again.", "Freshpan has a nicer catalogue."):
        written = refleqt.vents.write(business, text, tags=["customer"])
        refleqt.work()
        refleqt.vent_themes.move(business, written.id, None)
    labels = [theme.label for theme in refleqt.rows(business, VentTheme)]
    assert len(labels) == 2 and len(set(labels)) == 2
