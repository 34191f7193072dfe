"""The widest that the rules of a draft let in is what PostgreSQL keeps, and gives back equal to what it was."""

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from refleqt_adapters.container import open_refleqt
from refleqt_adapters.settings import Settings
from refleqt_core.intake.drafts import EntryDraft, OnboardingForm, PlanDraft
from refleqt_core.intake.entry_drafts import DRAFT_FIELDS
from refleqt_core.intake.field_types import (
    LARGEST_AMOUNT,
    LARGEST_FLOAT,
    LARGEST_WHOLE,
    LONGEST_ID,
    LONGEST_NAME,
    LONGEST_TEXT,
)
from refleqt_core.values import BusinessId, Money

SIGNS = [chr(0x1F300 + sign) for sign in range(700)]


def text(length: int, seed: int) -> str:
    """Signs of four bytes each, which no compression makes much smaller."""
    return "".join(random.Random(seed).choices(SIGNS, k=length))


PARAMETERS: dict[str, Any] = {
    "hook": text(LONGEST_TEXT, 1),
    "numbers": [LARGEST_WHOLE, -LARGEST_WHOLE, 5e-324, LARGEST_FLOAT, 0.1, True, None],
    "deep": {"a": {"b": {"c": [{"d": []}]}}},
}
WIDEST = EntryDraft(
    external_id=text(LONGEST_ID, 2),
    title=text(LONGEST_NAME, 3),
    artifact_type="blog_copy",
    notes=text(LONGEST_TEXT, 4),
    campaign=text(LONGEST_NAME, 5),
    primary_keyword=text(LONGEST_NAME, 6),
    tags=tuple(text(LONGEST_NAME, seed) for seed in range(7, 20)),
    publish_at=datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    created_at=datetime(1970, 1, 1, tzinfo=UTC),
    review_due=date(2199, 12, 31),
    channel="email",
    production_cost=Money(minor=LARGEST_AMOUNT),
    kpi_target=1e15,
    keyword_difficulty=100,
    plans=(PlanDraft(channel="email", parameters=PARAMETERS),),
)


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return Settings(home=home, database_url=SecretStr(database_url), pool_size=1, embedder="memory", seed=7)


def test_the_widest_draft_is_kept_and_saved_again_it_is_unchanged(settings: Settings) -> None:
    with open_refleqt(settings) as refleqt:
        form = OnboardingForm(name="Brine", slug=f"b-{refleqt.ids().new()}")
        business = BusinessId(refleqt.onboarding().complete(form).id)
        calendar = refleqt.calendar()
        saved = calendar.save(business, WIDEST)
        found = calendar.draft(business, saved.id)
        assert [name for name in DRAFT_FIELDS if getattr(found, name) != getattr(WIDEST, name)] == []
        assert calendar.save(business, WIDEST).version == saved.version
        assert calendar.history(business, saved.id) == []
