"""The briefs' use case: everything that a creator has to know of an artifact, and nothing of whose it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ..cdt.outcomes import EntryOutcome
from ..errors import Conflict
from ..intake.business import Segment
from ..phrases import amount, angle_name, artifact_on, capital, listed, segment_name, spoken, with_article
from ..ports import LLM, Clock, Embedder, Ids, Store, where
from ..values import BusinessId
from .anonymity import (
    AnonymityCertificate,
    ReferenceBusinesses,
    anonymise_document,
    certify,
    require_anonymous,
)
from .artifact_formats import FORMATS
from .gaps import brand_search
from .goals import Goal
from .identifying_strings import IdentifyingString
from .identity import read_identity
from .landscape import Landscape, read_landscape
from .own_words import OwnWords, read_own_words, with_own_words, without_own_words
from .plain_words import plain_brief
from .quotes import pains_of
from .records import CreatorBrief, ExecutionMap, MapArtifact
from .reference_panel import PANEL
from .wording import BriefFacts, BriefWording, brief_prompt
from .writing import written

HIDDEN_AMONG = 3
"""The business has to be as likely as at most one in so many."""
META_TITLE_MAX = 60
META_DESCRIPTION_MAX = 155


@attrs.frozen(kw_only=True)
class BriefMaterial:
    """What a brief is made of, as read in one unit of work."""

    artifact: MapArtifact
    facts: BriefFacts
    seo: Mapping[str, Any] | None
    specialization: str
    description: str
    strings: tuple[IdentifyingString, ...]
    own_words: OwnWords

    @property
    def allowed(self) -> list[str]:
        """What may be worded as the business words it: it speaks of the audience and of what anybody searches for."""
        facts, seo = self.facts, self.seo or {}
        return [facts.persona, facts.success_metric, *facts.pains, facts.keyword or "", *seo.get("secondary", ())]


@attrs.frozen(kw_only=True)
class BriefService:
    """Writes the briefs of bought artifacts."""

    store: Store
    llm: LLM
    embedder: Embedder
    clock: Clock
    ids: Ids

    def write(self, business_id: BusinessId, map_artifact_id: UUID, *, premium: bool = False) -> CreatorBrief:
        """The artifact has a brief whose document is anonymous, with the certificate that says so; only one ever.

        A brief that gives too much away is written again without reference examples, then without quotes and words of
        the business. One that can't be made anonymous by then raises `NeedsReview`; one of a cancelled map `Conflict`.
        """
        now = self.clock.now()
        with self.store.business(business_id) as tx:
            for brief in tx.find(CreatorBrief, *where(map_artifact_id=map_artifact_id)):
                return brief
            artifact = tx.get(MapArtifact, map_artifact_id)
            if tx.get(ExecutionMap, artifact.execution_map_id).status == "cancelled":
                raise Conflict("the map of this artifact was cancelled; nobody is going to make it")
            landscape = read_landscape(tx, business_id, now)
            material = material_of(landscape, artifact, read_identity(tx, business_id), read_own_words(tx))
        document, certificate = self._anonymous(material, now)
        brief = CreatorBrief(
            id=self.ids.new(),
            business_id=business_id,
            map_artifact_id=map_artifact_id,
            artifact_type=artifact.artifact_type,
            document=document,
            certificate=certificate_document(certificate),
            premium=premium,
            created_at=now,
        )
        with self.store.business(business_id) as tx:
            tx.add(brief)
        return brief

    def briefs(self, business_id: BusinessId) -> list[CreatorBrief]:
        """All briefs, the newest first."""
        with self.store.business(business_id) as tx:
            return tx.find(CreatorBrief, order="-created_at")

    def _anonymous(self, material: BriefMaterial, now: datetime) -> tuple[dict[str, Any], AnonymityCertificate]:
        """The fullest document that is anonymous, certified; none is: `NeedsReview`."""
        for facts in ever_less(material.facts):
            document, certificate = self._certified(material, facts, now)
            if certificate.passed:
                break
        require_anonymous(certificate, document)
        return document, certificate

    def _certified(
        self, material: BriefMaterial, facts: BriefFacts, now: datetime
    ) -> tuple[dict[str, Any], AnonymityCertificate]:
        prompt = brief_prompt(facts).on_account_of(material.artifact.business_id)
        wording, _ = written(self.llm, prompt, BriefWording, lambda: plain_brief(facts), faults=wording_faults)
        document = document_of(material, facts, wording)
        # Nobody looks at a brief before a creator does, so a word that only may be a name is replaced as well.
        document = anonymise_document(document, material.strings, doubtful=True)
        document = without_own_words(document, material.own_words, material.allowed)
        likeness = self._likeness(document, anonymise_document(material.description, material.strings))
        certificate = certify(document, material.strings, reference_businesses=likeness, checked_at=now, k=HIDDEN_AMONG)
        return document, with_own_words(certificate, document, material.own_words, material.allowed)

    def _likeness(self, document: Mapping[str, Any], description: str) -> ReferenceBusinesses:
        vectors = self.embedder.embed([text_of(document), description, *PANEL])
        own, *others = (vectors[1:] @ vectors[0]).tolist()
        return ReferenceBusinesses(own=own, others=others)


def ever_less(facts: BriefFacts) -> list[BriefFacts]:
    """The facts, then without reference examples, then without the words of the business and its customers."""
    without_examples = replace(facts, reference_examples=[])
    return [facts, without_examples, replace(without_examples, pains=[], products=[], words_we_use=[])]


def material_of(
    landscape: Landscape, artifact: MapArtifact, strings: tuple[IdentifyingString, ...], own_words: OwnWords
) -> BriefMaterial:
    """Everything that the brief of ``artifact`` is written from."""
    return BriefMaterial(
        artifact=artifact,
        facts=brief_facts(landscape, artifact),
        seo=search_fields(landscape, artifact),
        specialization=landscape.business.specialization,
        description=directory_line(landscape),
        strings=strings,
        own_words=own_words,
    )


def brief_facts(landscape: Landscape, artifact: MapArtifact) -> BriefFacts:
    """What a creator may know; the names in it are replaced later."""
    segment = landscape.segment_by_key.get(artifact.segment) or Segment(key=artifact.segment, name=artifact.segment)
    voice = landscape.profile.brand_voice
    goal = Goal(kpi=artifact.primary_kpi, target=artifact.kpi_target, basis="")
    low, high = FORMATS[artifact.artifact_type].words
    subject = [artifact.keyword or "", *artifact.outline]
    return BriefFacts(
        artifact_type=artifact.artifact_type,
        channel=artifact.channel,
        persona=persona(segment),
        angle=artifact.angle,
        success_metric=f"at least {goal.phrase} within 30 days",
        keyword=artifact.keyword,
        voice={name: getattr(voice, name) for name in ("formality", "technicality", "boldness", "playfulness")},
        words_we_use=list(voice.words_we_use),
        words_we_avoid=list(voice.words_we_avoid),
        pains=typed_pains(landscape, segment, subject),
        word_count=round((low + high) / 2),
        reference_examples=reference_examples(landscape, artifact),
        products=[product.name for product in landscape.profile.products if product.name in " ".join(artifact.outline)]
        or [product.name for product in landscape.profile.products[:1]],
    )


def persona(segment: Segment) -> str:
    """The audience in one phrase: who they are, where they work, in companies of which size."""
    who = listed([spoken(title) for title in segment.job_titles]) or segment_name(segment.name)
    place = f" in {listed(list(segment.industries))}" if segment.industries else ""
    size = (
        f", in companies of {listed([each.replace('-', ' to ') for each in segment.company_sizes], 'or')} people"
        if segment.company_sizes
        else ""
    )
    return f"{who}{place}{size}"


def typed_pains(landscape: Landscape, segment: Segment, subject: Sequence[str], count: int = 2) -> list[str]:
    """The segment's pain points as the profile lists them, nearest to ``subject`` first.

    What was noted in activities is private and recognisable by its wording; none of it is quoted."""
    known = frozenset(segment.pain_points)
    near = pains_of(landscape, segment, subject, count=len(known) + 1)
    return [quote.text for quote in near if quote.text in known][:count]


def reference_examples(landscape: Landscape, artifact: MapArtifact, count: int = 2) -> list[str]:
    """The business's own artifacts of that type that went furthest beyond their targets, by their form and result.

    Those for the same people come first. None is quoted: a title leads to the page, the page to the business.
    """
    best = [r for r in landscape.results if r.success and r.entry.artifact_type == artifact.artifact_type]
    best.sort(key=lambda r: (r.entry.icp_segment != artifact.segment, -_margin(r), r.entry.external_id))
    return list(dict.fromkeys(_described(result) for result in best))[:count]


def search_fields(landscape: Landscape, artifact: MapArtifact) -> dict[str, Any] | None:
    """What search asks of the artifact; None where it aims at no term."""
    if not artifact.keyword:
        return None
    cluster = {k.cluster for k in landscape.keywords if k.term == artifact.keyword and k.cluster}
    near = [k.term for k in landscape.keywords if k.cluster in cluster]
    own = [row for row in landscape.seo if row.primary_keyword == artifact.keyword]
    near += [term for row in own for term in row.secondary_keywords]
    is_own = brand_search(landscape)
    secondary = [term for term in dict.fromkeys(near) if term != artifact.keyword and not is_own(term)]
    return {
        "keyword": artifact.keyword,
        "secondary": secondary[:5],
        "meta_title_max": META_TITLE_MAX,
        "meta_description_max": META_DESCRIPTION_MAX,
    }


def directory_line(landscape: Landscape) -> str:
    """The business as a stranger may find it in a directory: its trade, its kind, its customers."""
    business = landscape.business
    audience = listed([segment_name(segment.name) for segment in landscape.segments])
    return f"{business.industry or 'A company'}. A {spoken(business.specialization)} company for {audience}."


def document_of(material: BriefMaterial, facts: BriefFacts, wording: BriefWording) -> dict[str, Any]:
    """The brief as a creator is going to see it, before it is made anonymous."""
    artifact = material.artifact
    form = FORMATS[artifact.artifact_type]
    return {
        "headline": wording.headline,
        "artifact_type": artifact.artifact_type,
        "channel": artifact.channel,
        "audience_description": wording.audience_description,
        "key_messages": list(wording.key_messages),
        "tone_guidelines": list(wording.tone_guidelines),
        "what_to_avoid": list(wording.what_to_avoid),
        "success_looks_like": wording.success_looks_like,
        "structure": list(wording.structure),
        "seo": None if material.seo is None else dict(material.seo),
        "technical": {"min_words": form.words[0], "max_words": form.words[1], "format": form.form},
        "reference_material": list(facts.reference_examples),
        "specialization": material.specialization,
    }


def text_of(document: Mapping[str, Any]) -> str:
    """The words of the document as one text, in its order; what an attacker reads."""
    parts: list[str] = []
    for name, value in document.items():
        if name not in ("artifact_type", "channel", "technical", "specialization"):
            parts += _texts(value)
    return "\n".join(parts)


def certificate_document(certificate: AnonymityCertificate) -> dict[str, Any]:
    """The certificate as JSON values; it names nobody."""
    attack = certificate.attack
    return {
        "passed": certificate.passed,
        "statement": certificate.statement,
        "k": certificate.k,
        "strings_checked": certificate.strings_checked,
        "checked_at": certificate.checked_at.isoformat(),
        "fingerprint": certificate.fingerprint,
        "attack": {
            "exposure": attack.exposure.value,
            "rank": attack.rank,
            "probability": attack.probability,
            "others": attack.others,
        },
    }


def wording_faults(wording: BriefWording) -> list[str]:
    """What is wrong with the form of a brief."""
    wrong = [] if 3 <= len(wording.key_messages) <= 5 else ["there have to be three to five key messages"]
    return wrong + ([] if wording.headline.strip() and wording.structure else ["headline and structure are needed"])


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    return [text for each in value for text in _texts(each)] if isinstance(value, Sequence) else []


def _described(result: EntryOutcome) -> str:
    entry, times = result.entry, amount(round(_margin(result), 1))
    form = with_article(artifact_on(entry.artifact_type, entry.channel or ""))
    angle = f" with the angle {angle_name(entry.angle)}" if entry.angle else ""
    return capital(f"{form}{angle} that reached {'its target' if times == '1' else f'{times} times its target'}")


def _margin(result: EntryOutcome) -> float:
    return result.actual / result.entry.kpi_target if result.entry.kpi_target else 0.0
