"""Calendars of any calendar program come in as entries, or every fault of them is named by its line."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from composition import Composition
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refleqt_adapters.connectors.file_kinds import sniff
from refleqt_adapters.connectors.ical_file import read_ical
from refleqt_adapters.connectors.ical_lines import SIZE_LIMIT
from refleqt_adapters.connectors.reading import Reading
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.drafts import ImportedFile

SHARED = Path(os.environ.get("REFLEQT_SHARED_DATA", Path(__file__).parents[2] / "../shared/data")) / "ical"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = Reading(time_zone="Europe/Berlin", now=NOW)


def calendar(*lines: str, head: tuple[str, ...] = ()) -> str:
    """A calendar file of those lines."""
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *head, *lines, "END:VCALENDAR", ""))


def event(*lines: str, uid: str = "u1", start: str = "DTSTART:20260310T090000Z", summary: str = "Spring") -> str:
    """An event; further lines may say more of it."""
    said = (f"UID:{uid}" if uid else "", start, f"SUMMARY:{summary}" if summary else "", *lines)
    return "\r\n".join(("BEGIN:VEVENT", *(line for line in said if line), "END:VEVENT"))


@pytest.fixture
def read(tmp_path: Path):
    """Reads a text as a calendar file, for a business in Berlin on the first of March."""

    def from_text(content: str | bytes, *, reading: Reading = BERLIN, skip: bool = False):
        file = tmp_path / "calendar.ics"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_ical(file, reading=reading, skip_bad_rows=skip)

    return from_text


@pytest.fixture
def refused(read):
    """The faults for which a text is turned away."""

    def from_text(content: str | bytes):
        with pytest.raises(InvalidInput) as caught:
            read(content)
        assert all(fault.source.endswith("calendar.ics") for fault in caught.value.faults)
        assert all(fault.problem and fault.remedy for fault in caught.value.faults)
        return [(fault.row, fault.field, fault.problem) for fault in caught.value.faults]

    return from_text


def moments(content) -> list[str]:
    return [f"{draft.publish_at:%Y-%m-%dT%H:%MZ}" for draft in content.items]


def told(content) -> str:
    return "\n".join(content.notes)


# what an event says


def test_an_event_becomes_an_entry_that_its_uid_names(read):
    more = ("DESCRIPTION:First\\, second\\nline", "URL:https://example.com/a", "CREATED:20260101T100000Z")
    (draft,) = read(calendar(event(*more, 'ORGANIZER;CN="Bee, Ann":mailto:ann@example.com'))).items
    assert (draft.external_id, draft.title, draft.notes) == ("u1", "Spring", "First, second\nline")
    assert (draft.canonical_url, draft.owner) == ("https://example.com/a", "Bee, Ann")
    assert draft.publish_at == datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert draft.created_at == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert draft.given == {"external_id", "title", "publish_at", "notes", "canonical_url", "owner", "created_at"}


def test_folded_lines_are_one_and_line_ends_of_unix_do(read):
    content = calendar(event("DESCRIPTION:one\r\n  two\r\n\tthree")).replace("\r\n", "\n")
    assert read(content).items[0].notes == "one twothree"


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("DTSTART;TZID=America/New_York:20260310T090000", "2026-03-10T13:00Z"),
        ("DTSTART;TZID=W. Europe Standard Time:20260310T090000", "2026-03-10T08:00Z"),
        ("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20260710T090000", "2026-07-10T07:00Z"),
        ("DTSTART:20260310T090000", "2026-03-10T08:00Z"),
        ("DTSTART;VALUE=DATE:20260310", "2026-03-09T23:00Z"),
    ],
)
def test_a_time_is_that_of_its_zone_else_of_the_business(read, start, expected):
    assert moments(read(calendar(event(start=start)))) == [expected]


def test_times_that_were_taken_in_the_zone_of_the_business_are_said(read):
    content = read(calendar(event(start="DTSTART:20260310T090000"), event(uid="u2", start="DTSTART:20260311")))
    assert "times without a zone are taken in Europe/Berlin (row 3)" in content.notes
    assert "whole days begin at 00:00 in Europe/Berlin (row 8)" in content.notes


ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Our own", "BEGIN:STANDARD", "DTSTART:19701025T030000", "TZOFFSETFROM:+0530",
    "TZOFFSETTO:+0430", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD", "BEGIN:DAYLIGHT",
    "DTSTART:19700329T020000", "TZOFFSETFROM:+0430", "TZOFFSETTO:+0530", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "END:DAYLIGHT", "END:VTIMEZONE",
)  # fmt: skip


def test_a_zone_that_only_the_file_knows_is_as_it_defines_it(read):
    starts = ("DTSTART;TZID=Our own:20260310T090000", "DTSTART;TZID=Our own:20260710T090000")
    events = (event(uid=f"u{at}", start=start) for at, start in enumerate(starts))
    assert moments(read(calendar(*events, head=ZONE))) == ["2026-03-10T04:30Z", "2026-07-10T03:30Z"]


def test_the_zone_of_one_file_is_unknown_in_the_next(read, refused):
    content = event(start="DTSTART;TZID=Our own:20260310T090000")
    read(calendar(content, head=ZONE))
    assert refused(calendar(content)) == [
        (5, "TZID", "the time zone 'Our own' is neither known nor defined in the file")
    ]


def test_categories_are_tags_and_state_what_it_is_and_where_it_goes(read):
    (draft,) = read(calendar(event("CATEGORIES:Newsletter,LinkedIn,R\\, D"))).items
    assert draft.tags == ("Newsletter", "LinkedIn", "R, D")
    assert (draft.artifact_type, draft.channel) == ("newsletter", "linkedin")
    assert {"artifact_type", "channel", "tags"} <= draft.given


@pytest.mark.parametrize(
    ("summary", "artifact_type", "channel"),
    [
        ("[Newsletter] March", "newsletter", "email"),
        ("LinkedIn: we are hiring", "social_post", "linkedin"),
        ("Blog: ten tips", "blog_copy", "blog"),
        ("Join our webinar on payroll", "webinar", "webinar"),
        ("New case study of Acme", "case_study", None),
        ("The story of our company page", "blog_copy", None),
    ],
)
def test_a_title_lets_guess_what_it_is_but_states_nothing(read, summary, artifact_type, channel):
    content = read(calendar(event(summary=summary)))
    draft = content.items[0]
    assert (draft.artifact_type, draft.channel) == (artifact_type, channel)
    assert not {"artifact_type", "channel", "status"} & draft.given


def test_a_type_that_nothing_names_is_said(read):
    assert "nothing names what it is, so it is taken for blog_copy (row 3)" in read(calendar(event())).notes


@pytest.mark.parametrize(
    ("start", "status", "expected"),
    [
        ("DTSTART:20260310T090000Z", "TENTATIVE", "planned"),
        ("DTSTART:20260310T090000Z", "CONFIRMED", "scheduled"),
        ("DTSTART:20260210T090000Z", "CONFIRMED", "published"),
    ],
)
def test_how_far_a_new_event_is_follows_from_its_date_and_status(read, start, status, expected):
    assert read(calendar(event(f"STATUS:{status}", start=start))).items[0].status == expected


def test_a_to_do_with_a_due_date_is_an_entry_in_its_status(read):
    todo = "BEGIN:VTODO\r\nUID:t\r\nSUMMARY:Write\r\nDUE;VALUE=DATE:20260310\r\nSTATUS:IN-PROCESS\r\nEND:VTODO"
    (draft,) = read(calendar(todo)).items
    assert (draft.status, draft.publish_at) == ("in_production", datetime(2026, 3, 9, 23, tzinfo=UTC))
    assert "status" in draft.given


# what comes back


def test_a_recurring_event_is_an_entry_for_each_of_its_dates_in_the_window(read):
    start = "DTSTART;TZID=Europe/Berlin:20260324T090000"
    content = read(calendar(event("RRULE:FREQ=WEEKLY;COUNT=3", start=start)))
    assert moments(content) == ["2026-03-24T08:00Z", "2026-03-31T07:00Z", "2026-04-07T07:00Z"]
    assert [draft.external_id for draft in content.items][:2] == ["u1/20260324T080000Z", "u1/20260331T070000Z"]
    assert "recurring events are taken from 2025-03-01 until 2027-03-01 (row 3)" in content.notes


def test_a_rule_without_end_stops_at_the_window(read):
    content = read(calendar(event("RRULE:FREQ=MONTHLY", start="DTSTART:20200115T090000Z")))
    assert moments(content)[0] == "2025-03-15T09:00Z"
    assert moments(content)[-1] == "2027-02-15T09:00Z"
    assert len(content.items) == 24


def test_the_window_is_as_given(read):
    narrow = Reading(time_zone="UTC", now=NOW, back=timedelta(0), ahead=timedelta(days=10))
    content = read(calendar(event("RRULE:FREQ=DAILY", start="DTSTART:20200115T090000Z")), reading=narrow)
    assert len(content.items) == 10


def test_dates_are_added_left_out_and_moved_as_the_file_says(read):
    main = event(
        "RRULE:FREQ=DAILY;COUNT=4", "RDATE:20260320T090000Z", "EXDATE;TZID=Europe/Berlin:20260311T100000", "SEQUENCE:2"
    )
    moved = event("RECURRENCE-ID:20260312T090000Z", start="DTSTART:20260312T150000Z", summary="Later")
    gone = event("RECURRENCE-ID:20260313T090000Z", "STATUS:CANCELLED", start="DTSTART:20260313T090000Z")
    content = read(calendar(main, moved, gone))
    by_name = {draft.external_id: (draft.title, f"{draft.publish_at:%dT%H}") for draft in content.items}
    assert by_name == {
        "u1/20260310T090000Z": ("Spring", "10T09"),
        "u1/20260312T090000Z": ("Later", "12T15"),
        "u1/20260320T090000Z": ("Spring", "20T09"),
    }
    assert content.passed_over == 1
    assert "cancelled date of a recurring event" in told(content)


def test_whole_days_come_back_as_days(read):
    content = read(calendar(event("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;VALUE=DATE:20260317", start="DTSTART:20260310")))
    assert [draft.external_id for draft in content.items] == ["u1/20260310", "u1/20260324"]


def test_a_changed_date_without_its_series_stands_alone(read):
    (draft,) = read(calendar(event("RECURRENCE-ID:20260312T090000Z", start="DTSTART:20260312T150000Z"))).items
    assert draft.external_id == "u1/20260312T090000Z"


def test_a_recurring_event_that_ended_long_ago_is_passed_over_and_said(read):
    content = read(calendar(event("RRULE:FREQ=DAILY;COUNT=3", start="DTSTART:20100110T090000Z")))
    assert (content.items, content.passed_over) == ([], 1)
    assert "passed over: recurring event without a date from 2025-03-01 until 2027-03-01 (row 3)" in content.notes


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=1,2,3", "FREQ=DAILY;INTERVAL=0", "FREQ=WEEKLY;X=1"]
)
def test_a_rule_that_would_run_away_or_is_none_is_refused_at_its_line(refused, rule):
    began = perf_counter()
    ((row, field, _problem),) = refused(calendar(event(f"RRULE:{rule}")))
    assert (row, field.split()[0]) == (7, "RRULE")
    assert perf_counter() - began < 1


def test_a_calendar_of_rules_that_never_fall_is_given_up_early(refused):
    never = "RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO"
    content = calendar(*(event(never, uid=f"u{at}", start="DTSTART:20260106T090000Z") for at in range(200)))
    assert len(refused(content)) == 51


# what is passed over, and versions


def test_what_is_no_event_or_has_no_date_is_passed_over_with_its_row(read):
    journal = "BEGIN:VJOURNAL\r\nUID:j\r\nEND:VJOURNAL"
    content = read(calendar(event(), event(uid="u2", start=""), journal, "BEGIN:VTODO\r\nUID:t\r\nEND:VTODO"))
    assert (len(content.items), content.passed_over) == (1, 3)
    assert content.notes[:3] == (
        "passed over: event without a date (row 8)",
        "passed over: VJOURNAL, which is neither an event nor a to-do (row 12)",
        "passed over: to-do without a date (row 15)",
    )


@pytest.mark.parametrize("head", [(), ("METHOD:CANCEL",)])
def test_a_cancelled_event_is_passed_over_and_said(read, head):
    content = read(calendar(event("" if head else "STATUS:CANCELLED"), head=head))
    assert (content.items, content.passed_over) == ([], 1)
    assert "cancelled event; what the calendar has of it stays" in told(content)


def test_an_event_without_a_summary_is_named_by_its_description(read):
    content = read(calendar(event("DESCRIPTION:\\nPlan it\\nsoon", summary="")))
    assert content.items[0].title == "Plan it"
    assert "without a SUMMARY" in told(content)
    assert "title" not in content.items[0].given


def test_an_event_without_a_uid_has_the_same_name_each_time(read):
    names = {read(calendar(event(uid=""))).items[0].external_id for _ in range(2)}
    assert len(names) == 1
    assert "without a UID" in told(read(calendar(event(uid=""))))


def test_of_several_versions_of_an_event_the_newest_counts(read):
    old, new = event("SEQUENCE:1", summary="Old"), event("SEQUENCE:2", summary="New")
    content = read(calendar(new, old))
    assert [draft.title for draft in content.items] == ["New"]
    assert "passed over: older or equal version of an event with the same UID (row 9)" in content.notes


def test_the_same_event_twice_is_one(read):
    content = read(calendar(event("DTSTAMP:20260101T000000Z"), event("DTSTAMP:20260102T000000Z")))
    assert (len(content.items), content.passed_over) == (1, 1)


def test_two_events_with_one_uid_are_both_refused(refused):
    assert [(row, field) for row, field, _ in refused(calendar(event(), event(summary="Other")))] == [
        (3, "UID"),
        (8, "UID"),
    ]


def test_properties_that_are_not_used_are_named(read):
    content = read(calendar(event("LOCATION:Here", "ATTENDEE:mailto:a@b.c", "DTEND:20260310T100000Z")))
    assert content.unused_columns == ("ATTENDEE", "LOCATION")


# broken files

BROKEN = {
    "nothing": (b"", None, "empty"),
    "white space": (b" \r\n\r\n", None, "empty"),
    "not text": (b"BEGIN:VCALENDAR\r\nX:\xff\r\n", 2, "not UTF-8"),
    "UTF-16": ("BEGIN:VCALENDAR\r\n".encode("utf-16"), 1, "not UTF-8"),
    "a NUL": (calendar(event("DESCRIPTION:a\0b")).encode(), 7, "control character"),
    "another format": (b"<html></html>", 1, "not a property"),
    "a CSV": (b"id,title\r\n1,a\r\n", 1, "not a property"),
    "only a line": (b"SUMMARY:x\r\n", 1, "outside of a calendar"),
    "an event alone": (event().encode(), 1, "outside of a calendar"),
    "cut off": (calendar(event()).encode()[:-40], 3, "not ended"),
    "an end too many": (calendar(event(), "END:VEVENT").encode(), 8, "is ended"),
    "ends crossed": (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n", 3, "is ended"),
    "a line that is none": (calendar(event("just words")).encode(), 7, "not a property"),
    "too many semicolons": (calendar(event(start="DTSTART;;VALUE=DATE:20260310")).encode(), 5, "not a property"),
    "a quote left open": (calendar(event(start='DTSTART;TZID="Europe:20260310T090000')).encode(), 5, "not a property"),
    "a day that is none": (calendar(event(start="DTSTART:20260230")).encode(), 5, "not a date"),
    "an hour that is none": (calendar(event(start="DTSTART:20260210T250000Z")).encode(), 5, "not a date"),
    "words for a date": (calendar(event(start="DTSTART:tomorrow")).encode(), 5, "not a date"),
    "other digits": (calendar(event(start="DTSTART:２０260210T090000Z")).encode(), 5, "not a date"),
    "a year of the future": (calendar(event(start="DTSTART:99990210T090000Z")).encode(), 5, "in the year 9999"),
    "a zone that is none": (calendar(event(start="DTSTART;TZID=Mars:20260210T090000")).encode(), 5, "neither known"),
    "an exception that is none": (calendar(event("RRULE:FREQ=DAILY;COUNT=2", "EXDATE:x")).encode(), 8, "not a date"),
    "a rule that is none": (calendar(event("RRULE:often")).encode(), 7, "no part"),
    "a rule that ends twice": (calendar(event("RRULE:FREQ=DAILY;COUNT=1;UNTIL=20260401")).encode(), 7, "both"),
    "an id too long": (calendar(event(uid="u" * 300)).encode(), 3, "more than 255"),
    "no event at all": (calendar().encode(), None, "no event and no to-do"),
    "an own entry that is broken": (calendar(event("X-REFLEQT-ENTRY:{]")).encode(), 7, "not the JSON of an entry"),
    "nested for ever": (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 100, 52, "too deeply"),
    "a zone that changes each day": (
        calendar(event(start="DTSTART;TZID=Our own:20260310T090000"), head=ZONE).replace("YEARLY", "DAILY").encode(),
        9,
        "not yearly",
    ),
    "a zone without offsets": (
        calendar(
            event(start="DTSTART;TZID=Q:20260310T090000"),
            head=("BEGIN:VTIMEZONE", "TZID:Q", "BEGIN:STANDARD", "DTSTART:x", "END:STANDARD", "END:VTIMEZONE"),
        ).encode(),
        3,
        "cannot be followed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_calendar_names_line_and_remedy(refused, name):
    content, row, problem = BROKEN[name]
    assert any(found[0] == row and problem in found[2] for found in refused(content)), refused(content)


def test_a_calendar_too_large_is_refused_before_it_is_parsed(refused):
    assert "larger than" in refused(b"X" * (SIZE_LIMIT + 1))[0][2]


def test_every_event_at_fault_is_named_at_once(refused):
    content = calendar(event(start="DTSTART:x"), event(uid="u2"), event(uid="u3", start="DTSTART:y"))
    assert [row for row, _, _ in refused(content)] == [5, 15]


def test_good_events_are_kept_where_bad_ones_may_be_skipped(read):
    content = read(calendar(event(start="DTSTART:x"), event(uid="u2")), skip=True)
    assert [draft.external_id for draft in content.items] == ["u2"]
    assert [(line.row, "DTSTART:x" in line.text) for line in content.rejected] == [(3, True)]


LINE = st.sampled_from(
    [
        "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTODO", "END:VTODO", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "UID:a", "UID:b",
        "DTSTART:20260310T090000Z", "DTSTART;VALUE=DATE:20260310", "DTSTART;TZID=Q:20260310T090000", "DUE:20260310",
        "RRULE:FREQ=DAILY", "RRULE:FREQ=YEARLY;BYDAY=53MO", "RDATE:20260310,x", "EXDATE;VALUE=DATE:20260311",
        "RECURRENCE-ID:20260310T090000Z", "SUMMARY:x", "SUMMARY;:", "CATEGORIES:,\\,", " folded", "STATUS:CANCELLED",
        "METHOD:CANCEL", "TZID:Q", "TZOFFSETTO:+9999", "BEGIN:VCALENDAR", "END:VCALENDAR", "X-REFLEQT-ENTRY:{}", ":",
    ]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(LINE | st.text(max_size=30), max_size=25).map("\r\n".join).map(str.encode) | st.binary(max_size=200))
def test_any_bytes_are_a_calendar_or_invalid_input(read, content):
    for whole in (content, b"BEGIN:VCALENDAR\r\n" + content + b"\r\nEND:VCALENDAR\r\n"):
        try:
            found = read(whole)
        except InvalidInput as error:
            assert all(fault.problem and fault.remedy for fault in error.faults)
        else:
            assert len({draft.external_id for draft in found.items}) == len(found.items)


# files of others, and the calendar itself


@pytest.mark.parametrize(
    ("name", "items", "passed_over"),
    [
        ("created_calendar_with_unicode_fields.ics", 2, 1),
        ("issue_1050_all_components.ics", 1, 3),
        ("issue_1231_recurrence.ics", 1, 0),
    ],
)
def test_calendars_of_others_are_read(name, items, passed_over):
    if not (SHARED / name).exists():
        pytest.skip(f"there is no {SHARED / name}; REFLEQT_SHARED_DATA names the folder with it")
    content = read_ical(SHARED / name, reading=BERLIN)
    assert (len(content.items), content.passed_over, content.rejected) == (items, passed_over, ())
    assert sniff(SHARED / name) == "ical"


def test_the_broken_calendar_of_others_names_line_and_remedy():
    file = SHARED / "broken_ical.ics"
    if not file.exists():
        pytest.skip(f"there is no {file}; REFLEQT_SHARED_DATA names the folder with it")
    with pytest.raises(InvalidInput) as refused:
        read_ical(file, reading=BERLIN)
    ((source, row, field, problem, remedy, _),) = refused.value.faults
    assert (source, row, field) == (str(file), 4, "DTSTART")
    assert "DTSTART;;VALUE=DATE-TIME" in problem
    assert "DTSTART;PARAMETER=value:value" in remedy


def test_importing_twice_is_once_and_a_changed_event_updates(read, refleqt: Composition):
    business = refleqt.business()
    file = ImportedFile(name="c.ics", blob="b")
    first = calendar(event("RRULE:FREQ=DAILY;COUNT=3"))
    counts = [refleqt.calendar.import_entries(business, read(first).items, file) for _ in range(2)]
    assert [(batch.new, batch.changed, batch.unchanged) for batch in counts] == [(3, 0, 0), (0, 0, 3)]
    moved = calendar(
        event("RRULE:FREQ=DAILY;COUNT=3"),
        event("RECURRENCE-ID:20260311T090000Z", start="DTSTART:20260311T180000Z", summary="Evening"),
    )
    batch = refleqt.calendar.import_entries(business, read(moved).items, file)
    assert (batch.new, batch.changed, batch.unchanged) == (0, 1, 2)


def test_an_entry_of_our_own_feed_is_as_it_was_but_for_what_was_moved_or_renamed(read):
    own = 'X-REFLEQT-ENTRY:{"external_id":"A"\\,"title":"Two\\u00a0words"\\,"artifact_type":"webinar"}'
    (same,) = read(calendar(event(own, uid="1@refleqt", summary="Two words"))).items
    assert (same.external_id, same.title, same.artifact_type, same.given) == ("A", "Two\xa0words", "webinar", None)
    (other,) = read(calendar(event(own, uid="1@refleqt", summary="Three words"))).items
    assert (other.title, other.publish_at) == ("Three words", datetime(2026, 3, 10, 9, tzinfo=UTC))
