"""Requests made from the OpenAPI document, right and wrong ones: every answer is one that the document promises."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from refleqt_adapters.container import Container, open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.intake.business import Segment
from refleqt_core.intake.drafts import ActivityDraft, EntryDraft, OnboardingForm, UploadedFile
from refleqt_core.intake.media_types import MEDIA_TYPES
from refleqt_core.values import BusinessId
from refleqt_http.activities import UPLOADS
from refleqt_http.app import create_app, openapi_document

EXAMPLES = 15
SEED = 20260302
OPERATIONS = [(method.upper(), path) for path, methods in openapi_document()["paths"].items() for method in methods]
NO_INPUT = {
    ("POST", "/v1/maps"),
    ("GET", "/v1/utm/templates"),
    ("GET", "/v1/calendar/templates"),
    ("GET", "/v1/calendar/series"),
    ("GET", "/v1/calendar/feeds"),
    ("GET", "/v1/campaigns"),
    ("GET", "/v1/vents/signals"),
    ("GET", "/v1/vent-themes"),
    ("GET", "/v1/vent-themes/over-time"),
    ("POST", "/v1/vent-themes/regroup"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
}
BEYOND_SCHEMA = {
    ("POST", "/v1/utm/build"),
    ("GET", "/v1/utm/read"),
    ("POST", "/v1/utm/templates"),
    ("POST", "/v1/calendar/patterns"),
    ("GET", "/v1/calendar/patterns/evidence"),
    ("POST", "/v1/calendar"),
    ("PATCH", "/v1/calendar/{entry_id}"),
    ("POST", "/v1/calendar/{entry_id}/status"),
    ("POST", "/v1/calendar/templates"),
    ("POST", "/v1/calendar/templates/{template_id}/entry"),
    ("POST", "/v1/calendar/series"),
    ("POST", "/v1/calendar/imports"),
    ("POST", "/v1/calendar/imports/preview"),
    ("POST", "/v1/vents"),
    ("POST", "/v1/activities"),
    ("PATCH", "/v1/activities/{activity_id}"),
    ("POST", "/v1/activities/{activity_id}/files"),
}
"""What is an address, a slug, a calendar's file, a type that a business has, or a day that has begun or is far ahead no
JSON Schema can say: there a well-formed request may be refused, with reasons."""

moments = st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC))

schemathesis.openapi.format("date-time", moments.map(lambda moment: moment.isoformat()))
schemathesis.openapi.format("date", moments.map(lambda moment: moment.date().isoformat()))

FORMS = {
    "file-name": st.from_regex(r"[A-Za-z0-9äé日]{1,12}( [a-z0-9]{1,8})?", fullmatch=True),
    "slug": st.from_regex(r"[a-z0-9]{1,12}(-[a-z0-9]{1,8}){0,3}", fullmatch=True),
    "utm-value": st.from_regex(r"[a-z0-9_-]{1,20}", fullmatch=True),
    "canonical-url": st.from_regex(r"https://[a-z]{1,10}\.example/[a-z0-9-]{0,20}", fullmatch=True),
    "link": st.from_regex(r"[a-z0-9]{1,12}|https://[a-z]{1,10}\.example/", fullmatch=True),
    "schema-type": st.sampled_from(["Article", "FAQPage", "HowTo, VideoObject"]),
    "serp-feature": st.sampled_from(["people_also_ask", "AI overview"]),
    "crawl-directive": st.sampled_from(["noindex", "max-snippet: 50", "googlebot: nofollow"]),
    "posting-slot": st.sampled_from(["2026-03-09T09:00", "Tue 09:00", "+3d", "FREQ=WEEKLY;BYDAY=MO"]),
    "time-zone": st.sampled_from(["Europe/Amsterdam", "UTC", "America/Argentina/Ushuaia"]),
    "activity-type": st.sampled_from(["rant_round", "Premortem", "brand voice brawl"]),
    "type-name": st.from_regex(r"[A-Za-z]{3,20}( [a-z]{2,9})?", fullmatch=True),
    "path-part": st.sampled_from(["rant_round", "fridge_poetry", "unheard-of"]),
    "recurrence-rule": st.sampled_from(["FREQ=WEEKLY;BYDAY=TU", "RRULE:FREQ=MONTHLY;COUNT=3"]),
}
"""What the rules of fields ask for that only a format names."""

for name, texts in FORMS.items():
    schemathesis.openapi.format(name, texts)

for media_type in (*MEDIA_TYPES, "application/octet-stream"):
    schemathesis.openapi.media_type(
        media_type, st.sampled_from([b"\x89PNG\r\n\x1a\n", b"GIF89a", b"%PDF-1.7", b"<svg/>"])
    )

for media_type in sorted({*UPLOADS} - {*MEDIA_TYPES, "application/octet-stream"}):
    schemathesis.openapi.media_type(
        media_type, st.sampled_from([b"RIFF\x24\0\0\0WAVEfmt ", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n", b"..."])
    )


def is_consistent(body: Any) -> bool:
    """What no JSON Schema can say: days and channels that go together, and keys of segments that are not the same."""
    if not isinstance(body, dict):
        return True
    if len(body.get("segments") or ()) > 1:
        return False
    plans = [plan["channel"] for plan in body.get("plans") or ()]
    is_spent = not body.get("paid_budget") or plans or body.get("channels") or body.get("channel")
    is_ended = not (body.get("starts_on") and body.get("ends_on")) or body["starts_on"] <= body["ends_on"]
    is_after = "start" not in body or "end" not in body or body["start"] < body["end"]
    return bool(len(plans) == len(set(plans)) and is_spent and is_ended and is_after)


@pytest.fixture(scope="module")
def api() -> Iterator[OpenApiSchema]:
    """The application over a business that has said little, with requests in its owner's name."""
    wired = open_refleqt(Settings.in_memory(clock="simulated", clock_start=datetime(2026, 3, 2, 8, tzinfo=UTC)))
    with wired as refleqt:
        form = OnboardingForm(name="Brinewell", slug="brinewell", segments=(Segment(key="ops", name="Operations"),))
        business = refleqt.onboarding().complete(form)
        secret, _ = refleqt.tokens().issue(BusinessId(business.id))
        THERE.update(things_of(refleqt, BusinessId(business.id)))
        config = SchemathesisConfig.from_dict({"headers": {"Authorization": f"Bearer {secret}"}})
        yield schemathesis.openapi.from_asgi("/openapi.json", create_app(refleqt), config=config)


THERE: dict[str, str] = {}
"""The ids of things that are there, by how paths name them: what is sent to them goes all the way."""


def things_of(refleqt: Container, business_id: BusinessId) -> dict[str, str]:
    draft = EntryDraft(external_id="E-1", title="Ladles", artifact_type="email")
    entry = refleqt.calendar().save(business_id, draft)
    comment = refleqt.comments().add(business_id, entry.id, "Shorter, please.", author="anna")
    template = refleqt.templates().save(business_id, "tip", {"title": "Tip", "artifact_type": "email"})
    held = ActivityDraft(external_id="A-1", activity_type="fridge_poetry", held_at=datetime(2026, 3, 1, tzinfo=UTC))
    activity = refleqt.activities().record(business_id, held, new_type=True)
    board = UploadedFile(name="board.png", media_type="image/png", data=io.BytesIO(b"board"))
    file = refleqt.activities().attach(business_id, activity.id, board)
    return {
        "entry_id": str(entry.id),
        "comment_id": str(comment.id),
        "template_id": str(template.id),
        "activity_id": str(activity.id),
        "file_id": str(file.id),
    }


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_keeps_what_the_document_promises(
    api: OpenApiSchema, method: str, path: str, mode: GenerationMode
):
    if mode is GenerationMode.NEGATIVE and (method, path) in NO_INPUT:
        pytest.skip("nothing is sent that could be wrong")

    @seed(SEED)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(api[path][method].as_strategy(generation_mode=mode))
    def check(case: Case) -> None:
        assume(mode is GenerationMode.NEGATIVE or is_consistent(case.body))
        if mode is GenerationMode.POSITIVE and method != "DELETE":
            case.path_parameters.update({name: id for name, id in THERE.items() if name in case.path_parameters})
        beyond: list[Any] = [positive_data_acceptance] if (method, path) in BEYOND_SCHEMA else []
        # The check takes the configured token for a made-up one where a case has headers of its own.
        beyond += [ignored_auth] if case.headers and "If-Match" in case.headers else []
        case.call_and_validate(excluded_checks=beyond)

    check()
