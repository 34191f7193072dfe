"""What each artifact type is: where it is published, how long it takes to make, its length, what it is judged by."""

from collections.abc import Mapping

import attrs

SEARCHED = frozenset({"informational", "commercial", "transactional"})
"""Search intents that content is made for; who searches for a name wants that very page."""

STAGE_OF_INTENT: Mapping[str, str] = {"informational": "tofu", "commercial": "mofu", "transactional": "bofu"}

STAGES = ("tofu", "mofu", "bofu")
STAGE_WORDS: Mapping[str, str] = {"tofu": "awareness-stage", "mofu": "consideration-stage", "bofu": "decision-stage"}
PAID_CHANNELS = frozenset({"google_ads", "meta_ads", "linkedin_ads"})
OPEN_CHANNELS = frozenset({"blog", "email"})
"""Channels that every business has or can have at once."""


@attrs.frozen(kw_only=True)
class ArtifactFormat:
    """One artifact type. ``stage`` is the funnel stage that it mostly serves, ``lead_days`` the time to make it.

    ``kpi`` and ``target`` are a modest goal for a business that has no history of its own; ``words`` is a range.
    """

    channels: tuple[str, ...]
    stage: str
    lead_days: int
    kpi: str
    target: float
    words: tuple[int, int]
    form: str
    is_searched: bool = False
    angles: tuple[str, ...] = ()


FORMATS: Mapping[str, ArtifactFormat] = {
    "blog_copy": ArtifactFormat(
        channels=("blog",), stage="tofu", lead_days=7, kpi="clicks", target=100, words=(900, 1500),
        form="article in Markdown, headings of two levels", is_searched=True,
    ),
    "landing_page": ArtifactFormat(
        channels=("blog",), stage="bofu", lead_days=7, kpi="signups", target=10, words=(300, 700),
        form="page copy by section, one call to action", is_searched=True,
    ),
    "ad_copy": ArtifactFormat(
        channels=("google_ads", "meta_ads", "linkedin_ads"), stage="bofu", lead_days=3, kpi="clicks", target=50,
        words=(20, 90), form="three variants of headline and text",
    ),
    "email": ArtifactFormat(
        channels=("email",), stage="mofu", lead_days=3, kpi="clicks", target=30, words=(120, 300),
        form="subject line, preview line and plain text",
    ),
    "newsletter": ArtifactFormat(
        channels=("email",), stage="mofu", lead_days=4, kpi="opens", target=200, words=(300, 700),
        form="subject line, preview line and sections",
    ),
    "social_post": ArtifactFormat(
        channels=("linkedin", "twitter", "instagram", "facebook", "community"), stage="tofu", lead_days=2,
        kpi="engagement", target=50, words=(40, 220), form="plain text, with a note on the picture",
    ),
    "case_study": ArtifactFormat(
        channels=("blog",), stage="bofu", lead_days=14, kpi="signups", target=5, words=(700, 1200),
        form="story in Markdown: before, change, after", is_searched=True,
        angles=("social_proof", "roi", "pain_relief", "behind_the_scenes"),
    ),
    "whitepaper": ArtifactFormat(
        channels=("blog",), stage="mofu", lead_days=21, kpi="signups", target=20, words=(2500, 5000),
        form="report in Markdown with summary and sources", is_searched=True,
        angles=("education", "roi", "comparison", "fear_of_loss"),
    ),
    "video_script": ArtifactFormat(
        channels=("youtube",), stage="tofu", lead_days=10, kpi="engagement", target=100, words=(300, 900),
        form="script in two columns, picture and sound", is_searched=True,
    ),
    "webinar": ArtifactFormat(
        channels=("webinar",), stage="mofu", lead_days=21, kpi="signups", target=30, words=(1200, 3000),
        form="speaker's script with slides by number",
    ),
    "design": ArtifactFormat(
        channels=("instagram", "facebook"), stage="tofu", lead_days=5, kpi="engagement", target=60, words=(10, 80),
        form="picture as PNG and source file, square and portrait",
    ),
    "infographic": ArtifactFormat(
        channels=("blog", "linkedin"), stage="tofu", lead_days=7, kpi="clicks", target=80, words=(80, 300),
        form="picture as PNG and source file, portrait, with alternative text", is_searched=True,
    ),
    "podcast": ArtifactFormat(
        channels=("podcast",), stage="tofu", lead_days=10, kpi="engagement", target=60, words=(1500, 4000),
        form="outline and questions for the host",
    ),
}  # fmt: skip
"""Every type of `intake.calendar.ARTIFACT_TYPES`. No ``angles`` means that all of them suit the type."""

BOTTOM_ANGLES = frozenset({"comparison"})
NEEDS_PRODUCT = frozenset({"product_news"})
NEEDS_COMPETITOR = frozenset({"comparison"})


def stage_of(artifact_type: str, angle: str) -> str:
    """The funnel stage that such an artifact serves: a comparison helps to decide, whatever its form."""
    stage = FORMATS[artifact_type].stage
    return "mofu" if stage == "tofu" and angle in BOTTOM_ANGLES else stage
