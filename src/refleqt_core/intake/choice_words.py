"""What other tools call the values that a calendar field can have: their words, and ours for them."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from .calendar import (
    ANGLES,
    ARTIFACT_TYPES,
    ATTRIBUTION_MODELS,
    CHANNELS,
    FUNNEL_STAGES,
    KPIS,
    SEARCH_INTENTS,
    STATUSES,
)

ALLOWED: Mapping[str, tuple[str, ...]] = {
    "status": STATUSES,
    "artifact_type": ARTIFACT_TYPES,
    "channel": CHANNELS,
    "channels": CHANNELS,
    "funnel_stage": FUNNEL_STAGES,
    "search_intent": SEARCH_INTENTS,
    "angle": ANGLES,
    "attribution_model": ATTRIBUTION_MODELS,
    "primary_kpi": KPIS,
    "secondary_kpis": KPIS,
}
"""The values of each field that has a choice of them."""

_STATUS = {
    "idea": "ideas, backlog, pitch, brainstorm, brainstorming, proposed, concept, no status, unassigned, someday,"
    " idee, idées, idée, ideen, ideeën, idea nueva",
    "planned": "not started, to do, todo, planning, plan, briefed, assigned, confirmed, next, open, geplant, à faire,"
    " zu erledigen, offen, planifié, planifiée, planificado, por hacer, gepland, te doen",
    "in_production": "in progress, doing, draft, drafting, drafted, writing, design, designing, in design, wip,"
    " started, work in progress, working on it, creating, editing, edit, active, in arbeit, en cours,"
    " en progreso, mee bezig,"
    " entwurf, in bearbeitung, brouillon, en rédaction, borrador, concept versie, in bewerking",
    "in_review": "review, needs review, ready for review, under review, awaiting approval, pending approval, approval,"
    " needs approval, for approval, proofreading, pending, waiting for approval, revision, revisions,"
    " in prüfung, zur freigabe, freigabe, en relecture, en révision, à valider, en revisión, ter beoordeling",
    "scheduled": "schedule, ready, ready to publish, approved, queued, ready to go, finalized, finalised, publishing,"
    " eingeplant, programado, ingepland,"
    " freigegeben, terminiert, programmé, programmée, approuvé, aprobado, goedgekeurd",
    "published": "done, complete, completed, finished, live, sent, posted, publish, shipped, released, delivered, out,"
    " fertig, erledigt, veröffentlicht, publié, terminé, publicado, hecho, gepubliceerd, klaar,"
    " publiée, online, terminée, publicada",
    "reviewed": "analysed, analyzed, reported, measured, evaluated, retrospective done",
}
_TYPE = {
    "blog_copy": "blog, blog post, blogpost, blogs, blog article, article, post, guest post, seo article, artikel,"
    " blogartikel, blogbeitrag, fachartikel, beitrag, article de blog, billet de blog, artículo de blog, blogbericht",
    "landing_page": "landing, lp, web page, webpage, website page, site page, page, website,"
    " landingpage, landeseite, page d atterrissage, página de destino, landingspagina",
    "ad_copy": "ad, ads, advert, advertisement, paid ad, ad campaign, paid social, display ad, search ad, ppc,"
    " anzeige, werbeanzeige, publicité, annonce, anuncio, advertentie",
    "email": "e mail, mail, email campaign, marketing email, email marketing, email blast, automated email, drip",
    "newsletter": "email newsletter, news letter, digest, rundbrief, infolettre, boletín, nieuwsbrief",
    "social_post": "social, social media, social media post, social message, social campaign, tweet, linkedin post,"
    " instagram post, facebook post, story, reel, carousel, thread, social posts, status update,"
    " social media beitrag, social media post, publication sociale, publicación social",
    "case_study": "customer story, success story, case studies, testimonial,"
    " fallstudie, kundengeschichte, étude de cas, caso de éxito, klantverhaal",
    "whitepaper": "white paper, ebook, e book, guide, report, research report, pdf, lead magnet, gated content,"
    " leitfaden, livre blanc, libro blanco, witboek",
    "video_script": "video, videos, youtube video, script, short video, shorts, vlog, video content",
    "webinar": "webinars, live event, event, virtual event, workshop, online event, webcast",
    "design": "graphic, graphics, image, banner, creative, visual, artwork",
    "infographic": "infographics, info graphic",
    "podcast": "podcast episode, podcasts, audio, episode",
}
_CHANNEL = {
    "blog": "website, site, web, company blog, wordpress, cms, medium, corporate blog",
    "email": "e mail, mail, newsletter, mailchimp, email marketing, email newsletter, marketing email",
    "linkedin": "linked in, linkedin page, linkedin company page, linkedin profile, li",
    "twitter": "x, x twitter, twitter x, tweet, x com",
    "instagram": "ig, insta, instagram business, instagram stories, instagram reels, instagram feed",
    "facebook": "fb, facebook page, facebook group, meta",
    "youtube": "yt, you tube, youtube channel, youtube shorts",
    "google_ads": "google ad, google adwords, adwords, google search ads, google, ppc, sem, paid search",
    "meta_ads": "facebook ads, fb ads, instagram ads, meta ad, paid social",
    "linkedin_ads": "linkedin ad, linkedin sponsored",
    "webinar": "webinars, zoom, live webinar",
    "podcast": "podcasts, spotify, apple podcasts",
    "community": "slack, discord, forum, reddit, slack community, communities",
    "partner": "partners, affiliate, affiliates, co marketing, partnership, guest post",
}
_STAGE = {
    "tofu": "top of funnel, top, top of the funnel, awareness, attract, discover, discovery",
    "mofu": "middle of funnel, mid funnel, middle, middle of the funnel, consideration, engage, evaluation, consider",
    "bofu": "bottom of funnel, bottom, bottom of the funnel, decision, conversion, convert, purchase, close",
}
_INTENT = {
    "informational": "information, info, know, inform",
    "navigational": "navigation, navigate, branded, brand",
    "commercial": "commercial investigation, investigation, comparison, research",
    "transactional": "transaction, buy, purchase, do",
}
_ANGLE = {
    "roi": "return on investment, savings, value",
    "pain_relief": "pain, pain point, pain points, problem, problem solution",
    "social_proof": "proof, testimonial, testimonials, customer story",
    "fear_of_loss": "fomo, fear, loss aversion, urgency, scarcity",
    "education": "educational, how to, educate, tips, thought leadership",
    "product_news": "product, news, launch, product update, announcement, release",
    "behind_the_scenes": "bts, culture, team, company culture",
    "comparison": "versus, vs, alternative, alternatives, compare",
}
_MODEL = {
    "first_touch": "first, first click, first interaction",
    "last_touch": "last, last click, last interaction",
    "linear": "even",
    "time_decay": "decay",
    "position_based": "u shaped, position",
}
_KPI = {
    "clicks": "click, link clicks, ctr, visits, traffic, website traffic, sessions",
    "signups": "sign ups, sign up, signup, registrations, leads, lead, subscribers, downloads, conversions",
    "demo_bookings": "demos, demo, demo requests, bookings, meetings, meetings booked, demo booking",
    "opens": "open, open rate, email opens",
    "engagement": "engagements, likes, comments, shares, reactions, engagement rate, interactions",
    "impressions": "impression, reach, views, pageviews, page views",
    "purchases": "purchase, sales, revenue, orders, deals",
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "status": _STATUS,
    "artifact_type": _TYPE,
    "channel": _CHANNEL,
    "channels": _CHANNEL,
    "funnel_stage": _STAGE,
    "search_intent": _INTENT,
    "angle": _ANGLE,
    "attribution_model": _MODEL,
    "primary_kpi": _KPI,
    "secondary_kpis": _KPI,
}

TYPE_OF_CHANNEL: Mapping[str, str] = {
    "blog": "blog_copy",
    "email": "email",
    "linkedin": "social_post",
    "twitter": "social_post",
    "instagram": "social_post",
    "facebook": "social_post",
    "youtube": "video_script",
    "google_ads": "ad_copy",
    "meta_ads": "ad_copy",
    "linkedin_ads": "ad_copy",
    "webinar": "webinar",
    "podcast": "podcast",
    "community": "social_post",
}
"""What goes out on a channel, where nothing else says what an entry is."""

_MARKS = re.compile(r"[\W_]+")


def plain(said: str) -> str:
    """The words of a name without case, punctuation and symbols: ``In-Progress 🚧`` is ``in progress``."""
    return _MARKS.sub(" ", unicodedata.normalize("NFKC", said).casefold()).strip()


_BRACKETED = re.compile(r"\(([^()]*)\)")
_AROUND = re.compile(r"[()]|\s[-–|]\s|:")


def channel_within(said: str) -> str | None:
    """The channel that a profile like ``@acme (Twitter)`` or ``LinkedIn - Acme`` is on; None: it names none, or two."""
    known = words_of("channel")
    for parts in (_BRACKETED.findall(said), _AROUND.split(said)):
        found = {known[word] for part in parts if (word := plain(part)) in known}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


@lru_cache
def words_of(field: str) -> Mapping[str, str]:
    """What is said for each value of the field, plain, → the value; its own name always means itself."""
    said = {plain(word): value for value, words in _WORDS[field].items() for word in words.split(",")}
    return said | {plain(value): value for value in ALLOWED[field]}
