"""The onboarding as a file: YAML and JSON read alike, every fault of a broken one is named, a template reads back."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from refleqt_adapters.connectors.file_kinds import sniff
from refleqt_adapters.connectors.onboarding_file import read_groups, read_onboarding
from refleqt_adapters.connectors.onboarding_template import json_template, yaml_template
from refleqt_adapters.connectors.yaml_form import read_form
from refleqt_adapters.onboarding_forms import read_item
from refleqt_core.errors import InvalidInput
from refleqt_core.intake.business import PricingTier
from refleqt_core.intake.drafts import Answer
from refleqt_core.intake.group_drafts import GroupDraft, all_checked, drafts_of, nothing_in
from refleqt_core.intake.questionnaire import FormField
from refleqt_core.intake.questions import QUESTIONNAIRE
from refleqt_core.values import Money

EXAMPLE = Path(__file__).parents[2] / "examples" / "business" / "onboarding.yaml"
NAMED = "identity: {name: Brine}\n"

Broken = tuple[str, str | bytes, list[tuple[int | None, str | None, str, str]]]

BROKEN: list[Broken] = [
    ("an empty file", "", [(None, None, "the file is empty", "Fill in the form")]),
    ("no business", "audience: {}\n", [(1, "identity.name", "missing or empty", "has to be there")]),
    ("a blank name", 'identity:\n  name: "  "\n', [(2, "identity.name", "missing or empty", "has to be there")]),
    ("a stage that is none", "identity:\n  name: a\n  stage: sead\n", [(3, "identity.stage", "is none of", "'seed'?")]),
    (
        "a slug with spaces",
        "identity:\n  name: a\n  slug: A b\n",
        [(3, "identity.slug", "is not a slug", "brass-heron")],
    ),
    (
        "no such zone",
        "identity:\n  name: a\n  timezone: CET/X\n",
        [(3, "identity.timezone", "not a time zone", "Europe/")],
    ),
    (
        "no address",
        "identity:\n  name: a\n  website: my site\n",
        [(3, "identity.website", "not an address", "https://")],
    ),
    ("a long text", f"identity:\n  name: {'x' * 501}\n", [(2, "identity.name", "501 characters", "at most 500")]),
    ("a group twice", NAMED + "identity: {name: b}\n", [(2, "identity", "stands there twice", "Keep one")]),
    ("a group that is none", NAMED + "competitor: {}\n", [(2, "competitor", "not known", "'competitors'?")]),
    (
        "a field that is none",
        NAMED + "competitors: {rivals: [a]}\n",
        [(2, "competitors.rivals", "not known", "direct")],
    ),
    ("a group that is a list", NAMED + "audience: [a]\n", [(2, "audience", "fields were expected", "name: value")]),
    (
        "a model that is none",
        NAMED + "business_model: {models: [b2b, x]}\n",
        [(2, "business_model.models[1]", "none of", "")],
    ),
    ("a scale over one", NAMED + "brand_voice: {boldness: 7}\n", [(2, "brand_voice.boldness", "more than 1", "1.")]),
    ("a scale in words", NAMED + "brand_voice: {boldness: very}\n", [(2, "brand_voice.boldness", "not a number", "")]),
    (
        "two segments of one key",
        NAMED + "audience:\n  segments:\n    - {name: Chefs}\n    - {name: chefs}\n",
        [(5, "audience.segments[1].key", "another segment has the key 'chefs'", "of its own")],
    ),
    (
        "too many",
        NAMED + f"competitors: {{direct: [{', '.join(['a'] * 101)}]}}\n",
        [(2, "competitors.direct", "there are 101 of them", "100 that matter")],
    ),
    (
        "a price in words",
        NAMED + "offering:\n  products:\n    - name: T\n      pricing_tiers:\n        - {name: a, price: 79 euro}\n",
        [(6, "offering.products[0].pricing_tiers[0].price", "not an amount", "1234.50")],
    ),
    (
        "a currency in small letters",
        NAMED + "offering:\n  products:\n    - name: T\n      pricing_tiers: [{name: a, price: 79, currency: eur}]\n",
        [(5, "offering.products[0].pricing_tiers[0].currency", "not a currency", "ISO 4217")],
    ),
    (
        "more decimals than a yen has",
        NAMED + "offering:\n  products:\n    - name: T\n      pricing_tiers: [{name: a, price: 7.5, currency: JPY}]\n",
        [(5, "offering.products[0].pricing_tiers[0].price", "more decimals than JPY", "Round it")],
    ),
    (
        "an answer without a question",
        NAMED + "audience:\n  answers:\n    - answer: Chefs.\n",
        [(4, "audience.answers[0].question", "missing or empty", "has to be there")],
    ),
    (
        "a list as an answer",
        NAMED + "audience: {answers: [{question: a, answer: [b]}]}\n",
        [(2, "audience.answers[0].answer", "one value", "one text")],
    ),
    ("not YAML", "identity:\n  name: a: b\n", [(2, None, "not YAML", "go in quotes")]),
    ("not UTF-8", b"identity:\n  name: caf\xe9\n", [(2, None, "0xe9) is not UTF-8", "as UTF-8")]),
    ("a NUL", 'identity:\n  name: "a\\0b"\n', [(2, "identity.name", "NUL", "Remove the character")]),
    ("an alias", "identity: &a {name: b}\naudience: *a\n", [(2, None, "aliases are not read", "Mend the line")]),
]

BROKEN_JSON: list[Broken] = [
    ("empty", " \n", [(None, None, "the file is empty", "Fill in the form")]),
    ("a comma at the end", '{\n "identity": {"name": "a",}\n}', [(2, None, "not JSON", "none at the end")]),
    ("single quotes", "{\n\n 'identity': {}}", [(3, None, "not JSON", "double quotes")]),
    ("a number that is none", '{"identity": {"name": NaN}}', [(None, None, "NaN is no number", "Write a number")]),
    ("YAML", "identity:\n  name: a\n", [(1, None, "not JSON", "double quotes")]),
    ("too deep", "[" * 20_000, [(None, None, "nested too deeply", "Check the file")]),
    ("half a character", '{"identity": {\n"name": "\\ud800"}}', [(2, "identity.name", "surrogate", "whole character")]),
    (
        "a line below",
        '{\n\t"identity": {\n\t\t"name": "a",\n\t\t"stage": "x"}}',
        [(4, "identity.stage", "none of", "Write")],
    ),
    ("a key twice", '{"identity": {"name": "a"},\n"identity": {"name": "b"}}', [(2, "identity", "twice", "Keep one")]),
    ("an object as a text", '{"identity": {"name": {}}}', [(1, "identity.name", "one value", "one text")]),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "onboarding.yaml"


def check_broken(path: Path, content: str | bytes, expected: list[tuple[int | None, str | None, str, str]]) -> None:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInput) as caught:
        read_onboarding(path)
    found = caught.value.faults
    assert [(fault.source, fault.row, fault.field) for fault in found] == [
        (str(path), row, field) for row, field, _, _ in expected
    ]
    for fault, (_, _, problem, remedy) in zip(found, expected, strict=True):
        assert problem in fault.problem and fault.remedy and remedy in fault.remedy


@pytest.mark.parametrize(("content", "expected"), [each[1:] for each in BROKEN], ids=[each[0] for each in BROKEN])
def test_a_broken_file_is_told_by_row_field_and_remedy(file: Path, content: Any, expected: Any):
    check_broken(file, content, expected)


@pytest.mark.parametrize(
    ("content", "expected"), [each[1:] for each in BROKEN_JSON], ids=[each[0] for each in BROKEN_JSON]
)
def test_a_broken_json_file_is_told_by_row_field_and_remedy(tmp_path: Path, content: Any, expected: Any):
    check_broken(tmp_path / "onboarding.json", content, expected)


def test_what_json_says_is_what_yaml_says(file: Path):
    document = yaml.safe_load(EXAMPLE.read_text())
    told = file.with_suffix(".json")
    told.write_text(json.dumps(document, indent="\t"))
    assert read_onboarding(told) == read_onboarding(EXAMPLE)


def test_json_may_write_any_character_as_it_likes(tmp_path: Path):
    path = tmp_path / "form.JSON"
    said = 'a "quote" \\ 😀 \u2028 \u0085 \ufeff / é'
    for ascii in (True, False):
        path.write_text(json.dumps({"identity": {"name": "a", "industry": said}}, ensure_ascii=ascii), "utf-8")
        assert read_onboarding(path).industry == said


def test_a_json_file_is_seen_to_be_an_onboarding(tmp_path: Path):
    path = tmp_path / "form.json"
    path.write_text('{"identity": {"name": "a"}, "audience": {}}')
    assert sniff(path) == "onboarding"


def test_only_the_groups_that_a_file_has_are_spoken_of(file: Path):
    file.write_text("competitors: {direct: [Freshpan]}\nmarketing_state:\n")
    first, second = read_groups(file)
    assert (first.group, first.fields["direct"], first.fields["indirect"]) == ("competitors", ("Freshpan",), ())
    assert (second.group, dict(second.fields)) == (
        "marketing_state",
        nothing_in(QUESTIONNAIRE.group("marketing_state")),
    )


def test_an_identity_without_a_slug_says_nothing_of_it(file: Path):
    file.write_text(NAMED)
    [identity] = read_groups(file)
    assert "slug" not in identity.fields
    assert read_onboarding(file).slug == "brine"


# --- the template -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("template", "ending"), [(yaml_template, ".yaml"), (json_template, ".json")])
def test_an_empty_template_lacks_nothing_but_the_name(tmp_path: Path, template: Any, ending: str):
    path = tmp_path / f"form{ending}"
    path.write_text(template(), "utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_groups(path)
    assert [fault.field for fault in caught.value.faults] == ["identity.name"]


@pytest.mark.parametrize(("template", "ending"), [(yaml_template, ".yaml"), (json_template, ".json")])
def test_a_template_has_every_field_and_every_question(tmp_path: Path, template: Any, ending: str):
    path = tmp_path / f"form{ending}"
    path.write_text(template(), "utf-8")
    form = read_form(path)
    for group in QUESTIONNAIRE:
        there = form.group(group.name)
        assert set(there.names()) == {field.name for field in group.fields} | {"answers"}
        asked = [each.value("question") for each in there.items("answers")]
        assert asked == [each.question for each in group.questions]


def test_the_template_names_every_option_and_shows_a_row_of_every_table():
    lines = yaml_template()
    for group in QUESTIONNAIRE:
        for field in group.fields:
            assert ", ".join(field.options) in lines
            assert all(f"{column.name}: " in lines or f"{column.name}:\n" in lines for column in field.columns)


def test_the_rows_shown_in_the_template_are_read_when_their_remark_signs_go(file: Path):
    lines = yaml_template().split("\n")
    begin = lines.index("  # products:")
    end = next(i for i in range(begin, len(lines)) if not lines[i].startswith("  # ") or "own words" in lines[i])
    rows = [line.replace("# ", "", 1) for line in lines[begin:end]]
    file.write_text("\n".join(["identity: {name: a}", "offering:", *rows]), "utf-8")
    [product] = read_onboarding(file).products
    assert product.pricing_tiers == (PricingTier(name="Single kitchen", price=Money(minor=7_900), per="month"),)


def drafts_with_all_questions(drafts: tuple[GroupDraft, ...]) -> tuple[GroupDraft, ...]:
    """As a template has them: the questions of each group first, skipped where they were not asked."""
    filled = []
    for draft in drafts:
        left = list(draft.answers or ())
        asked = []
        for each in QUESTIONNAIRE.group(draft.group).questions:
            same = [answer for answer in left if answer.question == each.question][:1]
            asked.append(same[0] if same else Answer(question=each.question))
            left = [answer for answer in left if answer not in same]
        filled.append(GroupDraft(group=draft.group, fields=draft.fields, answers=(*asked, *left)))
    return tuple(filled)


@pytest.mark.parametrize(("template", "ending"), [(yaml_template, ".yaml"), (json_template, ".json")])
def test_the_example_written_as_a_template_reads_back(tmp_path: Path, template: Any, ending: str):
    path = tmp_path / f"form{ending}"
    drafts = drafts_of(read_onboarding(EXAMPLE))
    path.write_text(template(drafts), "utf-8")
    assert drafts_of(read_onboarding(path)) == drafts_with_all_questions(drafts)


kept_text = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=40
).filter(str.strip)
texts = kept_text.map(str.strip)
amounts = st.builds(Money, minor=st.integers(0, 10**15 - 1), currency=st.sampled_from(["EUR", "JPY", "KWD", "USD"]))


UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A group has so many values that to make a failure small takes minutes."""


def values_of(field: FormField) -> st.SearchStrategy[Any]:
    if field.format or field.name == "key":
        return st.just({"slug": "a-1", "url": "https://a.example/?b#c", "time-zone": "UTC", None: ""}[field.format])
    if field.kind == "rows":
        columns = {each.attribute: values_of(each) for each in field.columns}
        return st.lists(st.builds(field.record, **columns), max_size=2).map(tuple)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "text": texts,
        "choice": st.sampled_from(field.options or ("",)),
        "list": st.lists(texts, max_size=3, unique=True).map(tuple),
        "choices": st.lists(st.sampled_from(field.options or ("",)), max_size=3, unique=True).map(tuple),
        "scale": st.floats(0, 1),
        "money": amounts,
    }
    return kinds[field.kind]


def group_drafts(name: str) -> st.SearchStrategy[GroupDraft]:
    group = QUESTIONNAIRE.group(name)
    answers = st.lists(st.builds(Answer, question=texts, answer=texts | st.just("")), max_size=3).map(tuple)
    fields = st.fixed_dictionaries({each.name: values_of(each) for each in group.fields})
    return st.builds(GroupDraft, group=st.just(name), fields=fields, answers=answers)


def is_possible(draft: GroupDraft) -> bool:
    try:
        all_checked([draft])
    except InvalidInput:
        return False
    return True


@pytest.mark.parametrize("group", [group.name for group in QUESTIONNAIRE])
@pytest.mark.parametrize(("template", "ending"), [(yaml_template, ".yaml"), (json_template, ".json")])
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=UNSHRUNK)
def test_whatever_is_said_reads_back_from_its_template(
    tmp_path: Path, group: str, template: Any, ending: str, data: st.DataObject
):
    path = tmp_path / f"form{ending}"
    [draft] = all_checked([data.draw(group_drafts(group).filter(is_possible))])
    name = GroupDraft(group="identity", fields={"name": "a", "slug": "a"})
    path.write_text(template([name, draft]), "utf-8")
    read = {each.group: each for each in all_checked(drafts_of(read_onboarding(path)))}
    assert read[group].fields == draft.fields
    assert {(each.question, each.answer) for each in draft.answers or ()} <= {
        (each.question, each.answer) for each in read[group].answers or ()
    }


# --- nothing but InvalidInput -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["a\x85b", "a\u2028b", "a\nb", "no", "~", "# a", "a: b", "- a", "'a'", "0x1F", "😀", "\x7fa"]
)
@pytest.mark.parametrize(("template", "ending"), [(yaml_template, ".yaml"), (json_template, ".json")])
def test_texts_that_a_form_could_take_for_something_else_read_back(
    tmp_path: Path, template: Any, ending: str, said: str
):
    path = tmp_path / f"form{ending}"
    identity = GroupDraft(group="identity", fields={"name": said, "slug": "a"}, answers=(Answer(question=said),))
    path.write_text(template([identity]), "utf-8")
    form = read_onboarding(path)
    assert (form.name, form.answers["identity"][-1].question) == (said, said)


GROUPS = [group.name for group in QUESTIONNAIRE]
COLUMNS = [column.name for group in QUESTIONNAIRE for field in group.fields for column in field.columns]
NAMES = [*COLUMNS, *(field.name for group in QUESTIONNAIRE for field in group.fields), "answers", "question", "answer"]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["b2b", "0.5", "seed"])
)
names = st.sampled_from(NAMES) | st.text(max_size=5)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)
forms = st.dictionaries(st.sampled_from(GROUPS) | st.text(max_size=5), documents, max_size=4)


def read_or_refused(path: Path) -> None:
    for read in (read_onboarding, read_groups):
        try:
            read(path)
        except InvalidInput as error:
            assert error.faults and all(fault.source == str(path) and fault.remedy for fault in error.faults)


@given(forms)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_document_is_read_or_refused(tmp_path: Path, form: Any):
    for ending, written in ((".yaml", yaml.safe_dump(form)), (".json", json.dumps(form))):
        path = tmp_path / f"form{ending}"
        path.write_text(written, "utf-8", errors="surrogatepass")
        read_or_refused(path)


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes):
    for ending in (".yaml", ".json"):
        path = tmp_path / f"form{ending}"
        path.write_bytes(content)
        read_or_refused(path)


ITEM_FIELDS = [field for group in QUESTIONNAIRE for field in group.fields if field.kind != "rows"]
TIER_FIELDS = list(QUESTIONNAIRE.group("offering").field("products").columns[2].columns)


@given(st.sampled_from([*ITEM_FIELDS, *TIER_FIELDS]), st.text(max_size=600))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_read_or_refused(field: FormField, typed: str):
    try:
        read_item(field, typed)
    except InvalidInput as error:
        [fault] = error.faults
        assert fault.field == field.name and fault.problem and fault.remedy


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "USD"]))
def test_money_is_typed_with_its_currency_behind_it(minor: int, currency: str):
    field = TIER_FIELDS[1]
    assert read_item(field, f"{minor // 100}.{minor % 100:02} {currency}") == Money(minor=minor, currency=currency)


@given(st.sampled_from(["https://a.example", "a.example/b?c#d", "http://bücher.example:8080"]))
def test_addresses_are_read_as_they_are(address: str):
    assert read_item(QUESTIONNAIRE.group("identity").field("website"), address) == address


@pytest.mark.parametrize("address", ["a", "http://", "a b.example", "javascript:alert(1)", "a.\nb", ".", "@a.b"])
def test_what_is_no_address_is_refused(address: str):
    with pytest.raises(InvalidInput):
        read_item(QUESTIONNAIRE.group("identity").field("website"), address)
