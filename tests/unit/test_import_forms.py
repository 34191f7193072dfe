"""Forms in YAML are read as drafts, or every fault of them is named by its line and path."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from refleqt_adapters.connectors.activity_file import read_activity, uploads
from refleqt_adapters.connectors.onboarding_file import read_onboarding, slug_of
from refleqt_adapters.connectors.people_files import read_creators, read_team
from refleqt_adapters.connectors.yaml_form import SIZE_LIMIT, read_form
from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.activities import Participant
from refleqt_core.intake.business import ONBOARDING_GROUPS, PricingTier, Segment
from refleqt_core.intake.drafts import Answer
from refleqt_core.values import Money

EXAMPLES = Path(__file__).parents[2] / "examples" / "business"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "form.yaml"


def faults(read: Callable[[Path], Any], file: Path, content: str | bytes) -> list[Fault]:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInput) as caught:
        read(file)
    assert all(fault.source == str(file) and fault.remedy for fault in caught.value.faults)
    return list(caught.value.faults)


def places(read: Callable[[Path], Any], file: Path, content: str) -> list[tuple[int | None, str | None]]:
    return [(fault.row, fault.field) for fault in faults(read, file, content)]


# YAML itself


@pytest.mark.parametrize("content", ["", "\n# a remark\n", "~"], ids=["no bytes", "a remark", "nothing"])
def test_an_empty_form_is_said_to_be_empty(file: Path, content: str):
    assert [fault.problem for fault in faults(read_form, file, content)] == ["the file is empty"]


@pytest.mark.parametrize(
    ("content", "row", "problem"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "the file is not YAML: expected ',' or ']'"),
        ("a: 1\n b: 2\n", 2, "mapping values are not allowed here (column 3)"),
        ("a: &x 1\nb: *x\n", 2, "aliases are not read; write the value out (column 4)"),
        ("a: 1\nb: \x07\n", 2, "a character that YAML does not allow (0x07)"),
        (b"a: 1\nb: caf\xe9\n", 2, "byte 12 of the file (0xe9) is not UTF-8"),
        ("a: 1\n---\nb: 2\n", 2, "but found another document"),
        ("[" * 20_000, None, "nested too deeply"),
        ("a: " + "x" * SIZE_LIMIT, None, "larger than 500,000 bytes"),
    ],
    ids=["syntax", "indent", "alias", "control character", "not utf-8", "two documents", "deep", "large"],
)
def test_what_is_not_yaml_is_named_by_its_line(file: Path, content: str | bytes, row: int | None, problem: str):
    (fault,) = faults(read_form, file, content)
    assert fault.row == row
    assert problem in fault.problem


def test_a_list_where_fields_belong_is_a_fault(file: Path):
    assert "fields were expected here" in faults(read_team, file, "- a\n- b\n")[0].problem


def test_words_that_yaml_takes_for_something_else_stay_words(file: Path):
    file.write_text("members: [{name: No, role: 12:30:00, email: ~}]")
    (member,) = read_team(file)
    assert (member.name, member.role, member.email) == ("No", "12:30:00", None)


def test_a_field_that_is_there_twice_is_a_fault(file: Path):
    (fault,) = faults(read_team, file, "members:\n  - name: Bram\n    name: Odalys\n")
    assert (fault.row, fault.field, fault.problem) == (3, "members[0].name", "the field stands there twice")


def test_a_field_that_is_not_known_names_the_nearest_or_all(file: Path):
    near, far = faults(read_team, file, "members:\n  - {name: Bram, rôle: CTO}\nshoe_size: 43\n")
    assert (near.field, near.remedy) == ("members[0].rôle", "Did you mean 'role'?")
    assert (far.row, far.field, far.remedy) == (3, "shoe_size", "Leave it out; the fields here are: members.")


@pytest.mark.parametrize("text", [r'"\0"', r'"\uD800"', "[a]", "{a: b}"], ids=["nul", "surrogate", "list", "mapping"])
def test_a_text_that_cannot_be_kept_is_a_fault(file: Path, text: str):
    assert [field for _, field in places(read_team, file, f"members:\n  - name: a\n    role: {text}\n")] == [
        "members[0].role"
    ]


# Onboarding


def test_a_name_alone_is_an_onboarding(file: Path):
    file.write_text("identity: {name: Café Nachtegaal & Co.}")
    form = read_onboarding(file)
    assert (form.slug, form.specialization, form.time_zone) == ("cafe-nachtegaal-co", "B2B_SaaS", "UTC")
    assert (form.segments, form.answers, form.brand_voice.boldness) == ((), {}, 0.5)


def test_the_fields_of_the_groups_are_read(file: Path):
    file.write_text(
        """
identity: {name: Brinewell, size: 11-50, stage: seed, timezone: Europe/Amsterdam, specialization: ecommerce}
business_model: {models: [B2B, saas]}
audience:
  segments:
    - {name: Head chefs, company_sizes: ["11-50"]}
    - {key: money, name: Finance}
  answers:
    - {question: "Who?", answer: Chefs.}
    - {question: "Why?", answer: ""}
brand_voice: {formality: 0.25, words_we_use: weigh}
offering:
  products:
    - name: Tally
      pricing_tiers: [{name: One, price: 79.00, currency: USD, per: kitchen}]
"""
    )
    form = read_onboarding(file)
    assert (form.size, form.time_zone, form.specialization) == ("11-50", "Europe/Amsterdam", "ecommerce")
    assert form.business_models == ("b2b", "saas")
    assert form.segments == (
        Segment(key="head_chefs", name="Head chefs", company_sizes=("11-50",)),
        Segment(key="money", name="Finance"),
    )
    assert (form.brand_voice.formality, form.brand_voice.words_we_use) == (0.25, ("weigh",))
    assert form.products[0].pricing_tiers == (
        PricingTier(name="One", price=Money(minor=7900, currency="USD"), per="kitchen"),
    )
    assert form.answers == {"audience": (Answer(question="Who?", answer="Chefs."), Answer(question="Why?", answer=""))}


def test_all_faults_of_an_onboarding_come_at_once_with_their_paths(file: Path):
    content = """identity:
  stage: unicorn
  timezone: Mars/Olympus
business_model: {models: [b2b, b2z]}
audience:
  segments:
    - {name: Chefs}
    - {key: chefs, name: ""}
    - {key: chefs, name: Cooks}
brand_voice: {formality: 1.5, boldness: very}
offering:
  products:
    - pricing_tiers:
        - {name: One, price: -3}
        - {name: Two, price: 3, currency: euro}
        - {name: Three}
    - name: Ledger
competitor: {direct: [Peelmetric]}
"""
    assert places(read_onboarding, file, content) == [
        (2, "identity.name"),
        (2, "identity.stage"),
        (3, "identity.timezone"),
        (4, "business_model.models[1]"),
        (8, "audience.segments[1].key"),
        (8, "audience.segments[1].name"),
        (9, "audience.segments[2].key"),
        (10, "brand_voice.boldness"),
        (10, "brand_voice.formality"),
        (13, "offering.products[0].name"),
        (14, "offering.products[0].pricing_tiers[0].price"),
        (15, "offering.products[0].pricing_tiers[1].currency"),
        (16, "offering.products[0].pricing_tiers[2].price"),
        (18, "competitor"),
    ]


def test_an_unknown_stage_lists_those_that_are_known(file: Path):
    (fault,) = faults(read_onboarding, file, "identity: {name: a, stage: seeed}")
    assert fault.problem == "'seeed' is none of: pre_revenue, seed, series_a, growth, enterprise"
    assert fault.remedy == "Did you mean 'seed'?"


def test_a_name_without_latin_letters_needs_a_slug(file: Path):
    assert places(read_onboarding, file, "identity: {name: 盐井}") == [(1, "identity.slug")]
    file.write_text("identity: {name: 盐井, slug: yanjing}", encoding="utf-8")
    assert read_onboarding(file).slug == "yanjing"


@pytest.mark.parametrize(("name", "slug"), [("Brass Heron", "brass-heron"), ("  Ünïcode--9 ", "unicode-9"), ("!?", "")])
def test_a_slug_is_the_name_in_small_plain_letters(name: str, slug: str):
    assert slug_of(name) == slug


def test_the_onboarding_of_the_example_is_read_whole():
    form = read_onboarding(EXAMPLES / "onboarding.yaml")
    assert set(form.answers) == set(ONBOARDING_GROUPS)
    assert [segment.key for segment in form.segments] == [
        "operations_managers",
        "finance_directors",
        "sustainability_leads",
    ]


# Activities


ACTIVITY = "external_id: A-1\nactivity_type: rant_round\nheld_at: 2026-05-21T09:30:00+02:00\n"


def test_an_activity_is_read_with_the_files_beside_it(file: Path):
    (file.parent / "talk.WAV").write_bytes(b"RIFF")
    (file.parent / "board.md").write_bytes(b"# Board")
    file.write_text(f"{ACTIVITY}audio: talk.WAV\nfiles: [board.md]\nparticipants: [{{name: Bram, role: CTO}}]\n")
    draft, files = read_activity(file)
    assert draft.held_at == datetime(2026, 5, 21, 7, 30, tzinfo=UTC)
    assert (draft.participants, draft.notes) == ((Participant(name="Bram", role="CTO"),), "")
    with uploads(files) as uploaded:
        assert [(each.name, each.media_type, each.data.read()) for each in uploaded] == [
            ("talk.WAV", "audio/wav", b"RIFF"),
            ("board.md", "text/markdown", b"# Board"),
        ]
    assert all(each.data.closed for each in uploaded)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("talk.wav", "there is no file 'talk.wav' beside this one"),
        ("../talk.wav", "'../talk.wav' is not in the same folder"),
        (f"{os.sep}etc/hostname", "'/etc/hostname' is not in the same folder"),
    ],
)
def test_a_file_that_is_not_beside_the_activity_is_a_fault(file: Path, said: str, problem: str):
    (fault,) = faults(read_activity, file, f"{ACTIVITY}audio: {said}\n")
    assert (fault.row, fault.field, fault.problem) == (4, "audio", problem)


def test_the_faults_of_an_activity_come_at_once(file: Path):
    content = "external_id: A-1\nheld_at: 2026-05-21 09:30\nduration_minutes: -5\nparticipants: [{role: CTO}]\n"
    assert places(read_activity, file, content) == [
        (1, "activity_type"),
        (2, "held_at"),
        (3, "duration_minutes"),
        (4, "participants[0].name"),
    ]


# Team and creators


def test_a_member_that_is_there_twice_and_a_wrong_address_are_faults(file: Path):
    content = "members:\n  - {name: Bram, email: bram at home}\n  - {name: Bram}\n"
    assert places(read_team, file, content) == [(2, "members[0].email"), (2, "members[0].name"), (3, "members[1].name")]


def test_a_file_without_members_is_a_fault(file: Path):
    assert places(read_team, file, "members: []\nx: 1\n")[-1] == (2, "x")
    assert places(read_team, file, "members:\n") == [(1, "members")]


CREATOR = "  - {external_id: cr-1, display_name: Anselm, artifact_types: [email], base_fee: {email: 21000}}\n"


def test_creators_are_read_with_their_fees_in_cents(file: Path):
    file.write_text(f"currency: USD\ncreators:\n{CREATOR}")
    (creator,) = read_creators(file)
    assert (creator.fees, creator.currency, creator.tier, creator.capacity) == ({"email": 21000}, "USD", "rising", 1)


def test_the_faults_of_creators_come_at_once(file: Path):
    content = f"""creators:
{CREATOR}{CREATOR}  - external_id: cr-2
    display_name: Bexley
    tier: legendary
    capacity: -1
    artifact_types: [email, novel, blog_copy]
    base_fee: {{email: -1, novel: 3}}
"""
    assert places(read_creators, file, content) == [
        (2, "creators[0].external_id"),
        (3, "creators[1].external_id"),
        (6, "creators[2].tier"),
        (7, "creators[2].capacity"),
        (8, "creators[2].artifact_types[1]"),
        (9, "creators[2].base_fee.blog_copy"),
        (9, "creators[2].base_fee.email"),
        (9, "creators[2].base_fee.novel"),
    ]


def test_the_creators_and_the_team_of_the_example_are_read_whole():
    assert len(read_creators(EXAMPLES / "creators.yaml")) == 12
    assert {member.email for member in read_team(EXAMPLES / "team.yaml")} >= {"odalys@brinewell.example"}
