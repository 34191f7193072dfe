"""Requests made from the OpenAPI document, right and wrong ones: every answer is one that the document promises."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from refleqt_adapters.container import open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.intake.business import Segment
from refleqt_core.intake.drafts import OnboardingForm
from refleqt_core.values import BusinessId
from refleqt_http.app import create_app, openapi_document

EXAMPLES = 15
SEED = 20260302
OPERATIONS = [(method.upper(), path) for path, methods in openapi_document()["paths"].items() for method in methods]
NO_INPUT = {("POST", "/v1/maps"), ("GET", "/v1/utm/templates"), ("GET", "/healthz"), ("GET", "/readyz")}
BEYOND_SCHEMA = {("POST", "/v1/utm/build"), ("GET", "/v1/utm/read"), ("POST", "/v1/utm/templates")}
"""What is an address or a pattern no JSON Schema can say: there a well-formed request may be refused, with reasons."""

moments = st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC))

schemathesis.openapi.format("date-time", moments.map(lambda moment: moment.isoformat()))
schemathesis.openapi.format("date", moments.map(lambda moment: moment.date().isoformat()))


@pytest.fixture(scope="module")
def api() -> Iterator[OpenApiSchema]:
    """The application over a business that has said little, with requests in its owner's name."""
    wired = open_refleqt(Settings.in_memory(clock="simulated", clock_start=datetime(2026, 3, 2, 8, tzinfo=UTC)))
    with wired as refleqt:
        form = OnboardingForm(name="Brinewell", slug="brinewell", segments=(Segment(key="ops", name="Operations"),))
        business = refleqt.onboarding().complete(form)
        secret, _ = refleqt.tokens().issue(BusinessId(business.id))
        config = SchemathesisConfig.from_dict({"headers": {"Authorization": f"Bearer {secret}"}})
        yield schemathesis.openapi.from_asgi("/openapi.json", create_app(refleqt), config=config)


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
        if mode is GenerationMode.POSITIVE and (method, path) == ("POST", "/v1/attribution"):
            assume(case.body["start"] < case.body["end"])  # which no JSON Schema can say
        beyond = [positive_data_acceptance] if (method, path) in BEYOND_SCHEMA else []
        case.call_and_validate(excluded_checks=beyond)

    check()
