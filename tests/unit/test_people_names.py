"""Who is meant by a first name, and that the signals count a person once."""

from composition import NOON, Composition

from refleqt_core.intake.activities import Participant
from refleqt_core.intake.drafts import ActivityDraft
from refleqt_core.intake.people_names import called, full_name


def test_a_first_name_that_one_person_has_is_that_person():
    assert full_name("bo", called(["Bo Hart", "Ana Ruiz", "Bo"])) == "Bo Hart"


def test_a_first_name_that_two_people_have_is_nobody_else_s():
    assert full_name("Bo", called(["Bo Hart", "Bo Lind"])) == "Bo"


def test_one_person_however_capitals_are_set_is_one():
    assert full_name("Bo", called(["Bo Hart", "BO HART"])) in ("Bo Hart", "BO HART")


def test_the_signals_count_somebody_once_whose_first_name_alone_stands_somewhere(refleqt: Composition):
    business = refleqt.business()
    for number, name in enumerate(["Bo", "Bo Hart"]):
        draft = ActivityDraft(
            external_id=f"A-{number}",
            activity_type="rant_round",
            held_at=NOON,
            participants=(Participant(name=name), Participant(name="Ana Ruiz")),
            notes=f"{name}: our customer is the head chef\nAna Ruiz: it is finance who pays for it",
        )
        refleqt.activities.record(business, draft)
    report = refleqt.activity_report.read(business)
    assert set(report.signals.participation.words) == {"Bo Hart", "Ana Ruiz"}
    assert set(report.alignment.speakers) == {"Bo Hart", "Ana Ruiz"}
