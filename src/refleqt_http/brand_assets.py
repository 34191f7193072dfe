"""The files of the visual identity."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from refleqt_core.errors import NotFound
from refleqt_core.intake.brand_assets import LONGEST_NAME
from refleqt_core.intake.business import ASSET_KINDS, BrandAsset
from refleqt_core.intake.drafts import UploadedFile
from refleqt_core.intake.media_types import MEDIA_TYPES

from .auth import Caller
from .bodies import Identity, Input, Moment, OneOf, Output
from .endpoints import Resource
from .files import FileAnswer, Upload

resource = Resource("brand assets", "Logos, fonts and guidelines; what is replaced or removed stays readable.")

UPLOADS = (*MEDIA_TYPES, "application/octet-stream")


def _file_name(name: str) -> str:
    """The name, in any script, if it names a file and not a place."""
    if not name.isprintable() or {"/", "\\"} & set(name) or not any(map(str.isalnum, name)):
        raise PydanticCustomError("file_name", "Input should be the name of a file, without folders")
    return name


FileName = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_NAME, json_schema_extra={"format": "file-name"}),
    AfterValidator(_file_name),
]


class AssetOut(Output):
    """A brand asset. ``removed_at`` says since when it is no longer in use."""

    id: UUID
    name: str
    kind: str
    media_type: str = Field(description="what the file is by its first bytes")
    size: int = Field(description="in bytes")
    added_at: datetime
    removed_at: datetime | None


class AssetList(Output):
    """The assets in use."""

    items: list[AssetOut]


class AssetsQuery(Input):
    """Which assets."""

    as_of: Moment | None = Field(default=None, description="those that were in use at that moment")


class NewAssetQuery(Input):
    """What the file is called and what it is for."""

    name: FileName
    kind: Annotated[str, OneOf(ASSET_KINDS)] = "other"


class ReplaceQuery(Input):
    """What the file is called."""

    name: FileName


@resource.get("/v1/brand-assets", gives=AssetList)
def list_brand_assets(caller: Caller, query: AssetsQuery) -> dict[str, list[BrandAsset]]:
    """The assets in use, by name, now or at a past moment."""
    return {"items": caller.refleqt.brand_assets().in_use(caller.business_id, as_of=query.as_of)}


@resource.post("/v1/brand-assets", gives=AssetOut, uploads=UPLOADS)
def add_brand_asset(caller: Caller, query: NewAssetQuery, upload: Upload) -> BrandAsset:
    """The file is in use under its name; the same file again is the one that is there.

    What it is, its first bytes say; a file that is not what its name promises is refused. Another file of that name in
    use is a conflict: replace or remove it.
    """
    file = UploadedFile(name=query.name, media_type=upload.media_type, data=upload.data)
    return caller.refleqt.brand_assets().add(caller.business_id, file, kind=query.kind)


@resource.get("/v1/brand-assets/{asset_id}", gives=AssetOut, raises=[NotFound])
def read_brand_asset(caller: Caller, asset_id: Identity) -> BrandAsset:
    """An asset, in use or not."""
    return caller.refleqt.brand_assets().get(caller.business_id, asset_id)


@resource.put("/v1/brand-assets/{asset_id}", gives=AssetOut, uploads=UPLOADS, raises=[NotFound])
def replace_brand_asset(caller: Caller, asset_id: Identity, query: ReplaceQuery, upload: Upload) -> BrandAsset:
    """The file takes the place of the asset, which stays readable; gives the new one.

    The same file again changes nothing.
    """
    file = UploadedFile(name=query.name, media_type=upload.media_type, data=upload.data)
    return caller.refleqt.brand_assets().replace(caller.business_id, asset_id, file)


@resource.delete("/v1/brand-assets/{asset_id}", gives=AssetOut, raises=[NotFound])
def remove_brand_asset(caller: Caller, asset_id: Identity) -> BrandAsset:
    """The asset is no longer in use, and stays readable."""
    return caller.refleqt.brand_assets().remove(caller.business_id, asset_id)


@resource.get("/v1/brand-assets/{asset_id}/file", downloads=MEDIA_TYPES, raises=[NotFound])
def fetch_brand_asset(caller: Caller, asset_id: Identity) -> FileAnswer:
    """The file of an asset, to be saved: no browser shows it as a page."""
    asset, data = caller.refleqt.brand_assets().open(caller.business_id, asset_id)
    return FileAnswer(name=asset.name, media_type=asset.media_type, data=data)
