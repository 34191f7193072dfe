"""The onboarding from a YAML file: the typed fields of the ten groups, and the answers in the business's own words."""

import re
import unicodedata
from pathlib import Path
from typing import Any

from refleqt_core.intake.business import (
    BUSINESS_MODELS,
    ONBOARDING_GROUPS,
    REVENUE_MECHANICS,
    SIZES,
    STAGES,
    BrandVoice,
    Competitors,
    MarketingStack,
    MarketingState,
    PricingTier,
    Product,
    Segment,
    VisualIdentity,
)
from refleqt_core.intake.drafts import Answer, OnboardingForm
from refleqt_core.marketplace.records import SPECIALIZATIONS

from .cells import Unreadable, amount, choice, number, text, time_zone
from .yaml_form import Form, read_form

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)
_share = number(minimum=0, maximum=1, remedy="Write a share")


def read_onboarding(path: Path) -> OnboardingForm:
    """The form as the file fills it in; any fault raises `InvalidInput` with all faults by line and field.

    A field is named by its path, like ``audience.segments[1].name``. The slug, and the keys of segments, are made of
    the names where they are not given. A group that is not there was skipped.
    """
    document = read_form(path)
    groups = {name: document.group(name) for name in ONBOARDING_GROUPS}
    form = OnboardingForm(
        **_identity(groups["identity"]),
        business_models=groups["business_model"].values("models", choice(*BUSINESS_MODELS)),
        revenue_mechanics=groups["revenue_mechanics"].values("mechanics", choice(*REVENUE_MECHANICS)),
        segments=_segments(groups["audience"]),
        competitors=Competitors(**_lists(groups["competitors"], "direct", "indirect", "aspirational")),
        brand_voice=_brand_voice(groups["brand_voice"]),
        visual_identity=_visual_identity(groups["visual_identity"]),
        products=tuple(map(_product, groups["offering"].items("products"))),
        marketing_stack=_marketing_stack(groups["marketing_stack"]),
        marketing_state=_marketing_state(groups["marketing_state"]),
        answers={name: answers for name, group in groups.items() if (answers := _answers(group))},
    )
    document.finish()
    return form


def slug_of(name: str) -> str:
    """The name in lower-case ASCII letters and digits, hyphens between its words; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _identity(group: Form) -> dict[str, Any]:
    name = group.value("name", required=True, default="")
    slug = group.value("slug", _slug, default=slug_of(name))
    if name and not slug:
        group.fault("slug", "no slug can be made of the name", "Write one, of small letters, digits and hyphens.")
    return {
        "name": name,
        "slug": slug,
        "industry": group.value("industry", default=""),
        "specialization": group.value("specialization", choice(*SPECIALIZATIONS), default="B2B_SaaS"),
        "size": group.value("size", choice(*SIZES)),
        "stage": group.value("stage", choice(*STAGES)),
        "website": group.value("website"),
        "time_zone": group.value("timezone", time_zone, default="UTC"),
    }


def _slug(said: str) -> str:
    if not _SLUG.fullmatch(said):
        raise Unreadable(f"'{said[:100]}' is not a slug", "Write small letters, digits and hyphens, like brass-heron.")
    return said


def _segments(group: Form) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    for form in group.items("segments"):
        name = form.value("name", required=True, default="")
        key = form.value("key", default=slug_of(name).replace("-", "_"))
        if key and key in {segment.key for segment in segments}:
            form.fault("key", f"another segment has the key '{key}'", "Give each segment a key of its own.")
        lists = _lists(form, "industries", "company_sizes", "job_titles", "geographies", "pain_points")
        segments.append(Segment(key=key, name=name, **lists))
    return tuple(segments)


def _brand_voice(group: Form) -> BrandVoice:
    scales = ("formality", "technicality", "boldness", "playfulness")
    return BrandVoice(
        words_we_use=group.values("words_we_use"),
        words_we_avoid=group.values("words_we_avoid"),
        **{name: group.value(name, _share, default=0.5) for name in scales},
    )


def _visual_identity(group: Form) -> VisualIdentity:
    return VisualIdentity(logo=group.value("logo"), **_lists(group, "colors", "fonts", "style_references"))


def _product(form: Form) -> Product:
    return Product(
        name=form.value("name", required=True, default=""),
        description=form.value("description", default=""),
        pricing_tiers=tuple(map(_tier, form.items("pricing_tiers"))),
        **_lists(form, "key_features", "differentiators"),
    )


def _tier(form: Form) -> PricingTier:
    return PricingTier(
        name=form.value("name", required=True, default=""),
        price=form.amount("price", amount, beside="currency"),
        per=form.value("per", default="month"),
    )


def _marketing_stack(group: Form) -> MarketingStack:
    tools = {name: group.value(name) for name in ("cms", "email", "crm", "analytics")}
    return MarketingStack(**tools, social=group.values("social"))


def _marketing_state(group: Form) -> MarketingState:
    return MarketingState(**_lists(group, "working", "not_working", "tried", "never_tried"))


def _answers(group: Form) -> tuple[Answer, ...]:
    return tuple(
        Answer(question=form.value("question", required=True, default=""), answer=form.value("answer", default=""))
        for form in group.items("answers")
    )


def _lists(form: Form, *names: str) -> dict[str, tuple[str, ...]]:
    return {name: form.values(name, text) for name in names}
