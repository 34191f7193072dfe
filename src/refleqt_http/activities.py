"""Team activities: recorded with their files, read with all that was said and found in them."""

from typing import Any
from uuid import UUID

from refleqt_core.context.activity_pages import ActivityPage, pages
from refleqt_core.errors import NotFound
from refleqt_core.intake.activities import Activity
from refleqt_core.intake.activity_files import ENDINGS, UNKNOWN
from refleqt_core.intake.activity_types import exercises, find_exercise
from refleqt_core.intake.drafts import ActivityDraft, UploadedFile
from refleqt_core.ports import Filter, where

from .activity_bodies import (
    ActivitiesPage,
    ActivitiesQuery,
    ActivityBody,
    ActivityChange,
    ActivityFileOut,
    ActivityOut,
    FileQuery,
    HearingOut,
    LineageOut,
    LineageQuery,
    RecommendationOut,
    RecommendQuery,
    SignalsOut,
    SignalsQuery,
    WholeActivityOut,
    lineage_out,
    shown,
    signals_out,
    whole,
)
from .auth import Caller
from .bodies import Identity
from .endpoints import Resource
from .files import FileAnswer, Upload
from .problems import CHANGED_SINCE, Refused

resource = Resource("activities", "Exercises of the team: what was said, and what it taught.")

LARGEST_RECORDING = 2 << 30
"""Bytes: about three hours of uncompressed CD sound, or a long video."""

UPLOADS = tuple(sorted({*ENDINGS.values(), "audio/x-wav", "audio/webm", UNKNOWN} - {"application/json"}))
"""A file of JSON is sent as bytes (application/octet-stream): its name says what it is."""

DOWNLOADS = UPLOADS


@resource.get("/v1/activities", gives=ActivitiesPage, raises=[NotFound])
def list_activities(caller: Caller, query: ActivitiesQuery) -> dict[str, Any]:
    """The activities, the newest first; of one type, or held in a span of time, where that is asked for."""
    with caller.refleqt.store().business(caller.business_id) as tx:
        filters: list[Filter] = []
        if query.activity_type is not None:
            named = find_exercise(exercises(tx), query.activity_type)
            filters += where(activity_type=named.slug if named else query.activity_type)
        filters += where(held_at__ge=query.start) if query.start else ()
        filters += where(held_at__lt=query.end) if query.end else ()
        found = tx.find(Activity, *filters, order="-held_at", after=query.after, limit=query.limit + 1)
        items = pages(tx, found[: query.limit])
    return {"items": list(map(shown, items)), "next": found[query.limit - 1].id if len(found) > query.limit else None}


@resource.post("/v1/activities", gives=ActivityOut, raises=[NotFound])
def record_activity(caller: Caller, body: ActivityBody) -> dict[str, Any]:
    """The activity is on record, and its notes are about to be read; sent again under its external_id it is changed.

    A type that is unknown is refused with the nearest names, or made as one of the business's own with new_type.
    """
    draft = ActivityDraft(
        external_id=body.external_id or str(caller.refleqt.ids().new()),
        activity_type=body.activity_type,
        held_at=body.held_at or caller.refleqt.clock().now(),
        duration_minutes=body.duration_minutes,
        participants=body.people(),
        notes=body.notes,
        title=body.title,
        recommendation_id=body.recommendation_id,
    )
    made = caller.refleqt.activities().record(caller.business_id, draft, new_type=body.new_type)
    return shown(_page(caller, made.id))


@resource.get("/v1/activities/signals", gives=SignalsOut)
def read_activity_signals(caller: Caller, query: SignalsQuery) -> dict[str, Any]:
    """The six implicit signals, as of now; a number that would rest on too little is null, and `lacks` says why."""
    return signals_out(caller.refleqt.activity_report().read(caller.business_id, show=query.quotes))


@resource.post("/v1/activities/recommendation", gives=RecommendationOut)
def recommend_activity(caller: Caller, query: RecommendQuery) -> Any:
    """The activity to hold next, by what is not known yet; asked again within a week it is the same.

    With `another` that one counts as rejected, and a different type is recommended.
    """
    return caller.refleqt.activity_advice().recommend(caller.business_id, another=query.another)


@resource.get("/v1/activities/lineage", gives=LineageOut)
def read_activity_lineage(caller: Caller, query: LineageQuery) -> dict[str, Any]:
    """Each recommendation with what the team did, what was learned of it, and how sure that is; the newest first."""
    found = caller.refleqt.activity_advice().lineage(caller.business_id, limit=query.limit)
    return {"items": list(map(lineage_out, found))}


@resource.get("/v1/activities/{activity_id}", gives=WholeActivityOut, raises=[NotFound], versioned=True)
def read_activity(caller: Caller, activity_id: Identity) -> dict[str, Any]:
    """The activity with who said what and when, and what was found in it."""
    return whole(_page(caller, activity_id))


@resource.patch("/v1/activities/{activity_id}", gives=ActivityOut, raises=[NotFound], versioned=True)
def edit_activity(caller: Caller, activity_id: Identity, body: ActivityChange) -> dict[str, Any]:
    """The activity is as the body says; what that does not name stays. Other notes are about to be read."""
    version = _version(caller, activity_id)
    caller.refleqt.activities().edit(
        caller.business_id, activity_id, body.changes(), new_type=body.new_type, version=version
    )
    return shown(_page(caller, activity_id))


@resource.delete("/v1/activities/{activity_id}", gives=ActivityOut, raises=[NotFound])
def remove_activity(caller: Caller, activity_id: Identity) -> dict[str, Any]:
    """The activity is gone with its files, its transcripts and all that was read in them.

    The answer says what it was.
    """
    page = _page(caller, activity_id)
    caller.refleqt.removal().remove_activity(caller.business_id, activity_id)
    return shown(page)


@resource.post(
    "/v1/activities/{activity_id}/files",
    gives=ActivityFileOut,
    uploads=UPLOADS,
    largest=LARGEST_RECORDING,
    raises=[NotFound],
)
def add_activity_file(caller: Caller, activity_id: Identity, query: FileQuery, upload: Upload) -> dict[str, Any]:
    """The file belongs to the activity: a recording is about to be heard, a transcript is read, anything else is kept.

    What it is, its first bytes say, then the Content-Type, then its name. The same bytes again are one file. A
    transcript that cannot be read is refused with all faults.
    """
    file = UploadedFile(name=query.name, media_type=upload.media_type, data=upload.data)
    artifact = caller.refleqt.activities().attach(caller.business_id, activity_id, file)
    return next(file for file in shown(_page(caller, activity_id))["files"] if file["id"] == artifact.id)


@resource.post("/v1/activities/{activity_id}/hearing", gives=HearingOut, raises=[NotFound])
def hear_activity_again(caller: Caller, activity_id: Identity) -> dict[str, int]:
    """The activity's recordings are about to be heard by the transcriber that is set now.

    What it hears replaces what another one heard, in all that is read of the activity.
    """
    return {"recordings": caller.refleqt.activities().hear_again(caller.business_id, activity_id)}


@resource.get("/v1/activities/{activity_id}/files/{file_id}", downloads=DOWNLOADS, raises=[NotFound])
def fetch_activity_file(caller: Caller, activity_id: Identity, file_id: Identity) -> FileAnswer:
    """The bytes of a file, to be saved."""
    if all(file.artifact.id != file_id for file in _page(caller, activity_id).files):
        raise NotFound(f"there is no file {file_id} in this activity")
    artifact, data = caller.refleqt.activity_pages().open(caller.business_id, file_id)
    media_type = artifact.media_type if artifact.media_type in DOWNLOADS else UNKNOWN
    return FileAnswer(name=artifact.file_name, media_type=media_type, data=data)


def _page(caller: Caller, activity_id: UUID) -> ActivityPage:
    return caller.refleqt.activity_pages().get(caller.business_id, activity_id)


def _version(caller: Caller, activity_id: UUID) -> int | None:
    """The version that If-Match names and that is the present one; None where it names none; else 412."""
    if caller.only_versions is None:
        return None
    present = _page(caller, activity_id).activity.version
    if present not in caller.only_versions:
        raise Refused(CHANGED_SINCE, "somebody has changed the activity since; read it again, then decide")
    return present
