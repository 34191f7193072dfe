"""A marketing calendar from a CSV file."""

from pathlib import Path

from refleqt_core.intake.calendar import (
    ANGLES,
    ARTIFACT_TYPES,
    ATTRIBUTION_MODELS,
    CHANNELS,
    FUNNEL_STAGES,
    KPIS,
    SEARCH_INTENTS,
    STATUSES,
)
from refleqt_core.intake.drafts import EntryDraft

from .cells import amount, choice, day, moment, number, text, whole, words
from .csv_table import Column, read_table
from .keyed_rows import FileContent

_count = whole(minimum=0, maximum=2**31 - 1)

CALENDAR_COLUMNS = (
    Column("external_id", text, required=True),
    Column("title", text, required=True),
    Column("artifact_type", choice(*ARTIFACT_TYPES), required=True),
    Column("status", choice(*STATUSES), default="idea"),
    Column("owner", text),
    Column("publish_at", moment),
    Column("created_at", moment),
    Column("campaign", text),
    Column("funnel_stage", choice(*FUNNEL_STAGES)),
    Column("icp_segment", text),
    Column("buyer_persona", text),
    Column("angle", choice(*ANGLES)),
    Column("strategic_intent", text),
    Column("competitive_context", text),
    Column("primary_keyword", text),
    Column("secondary_keywords", words(), default=()),
    Column("search_intent", choice(*SEARCH_INTENTS)),
    Column("keyword_difficulty", _count),
    Column("search_volume", _count),
    Column("ranking_position", _count),
    Column("url_slug", text),
    Column("meta_title", text),
    Column("meta_description", text),
    Column("canonical_url", text),
    Column("channel", choice(*CHANNELS)),
    Column("channels", words(each=choice(*CHANNELS)), default=()),
    Column("paid_budget", amount, beside=("currency",)),
    Column("production_cost", amount, beside=("currency",)),
    Column("primary_kpi", choice(*KPIS)),
    Column("kpi_target", number(minimum=0, remedy="Write how many are aimed at")),
    Column("secondary_kpis", words(each=choice(*KPIS)), default=()),
    Column("utm_source", text),
    Column("utm_medium", text),
    Column("utm_campaign", text),
    Column("utm_content", text),
    Column("attribution_model", choice(*ATTRIBUTION_MODELS)),
    Column("conversion_event", text),
    Column("review_due", day),
)
"""Lists are parted by semicolons; money is of the row's ``currency``, EUR where it names none."""


def read_calendar(path: Path, *, skip_bad_rows: bool = False) -> FileContent[EntryDraft]:
    """The entries of the file, each ``external_id`` once; faults as `read_table` raises them."""
    table = read_table(path, CALENDAR_COLUMNS, key="external_id", skip_bad_rows=skip_bad_rows)
    return table.content(EntryDraft(**row) for row in table.rows)
