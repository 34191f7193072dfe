"""Brand assets: what a file is, its bytes say; replaced and removed ones stay readable as of their day."""

import io
from typing import Any
from uuid import uuid4

import pytest
from composition import NOON, Composition
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.intake.brand_assets import LARGEST_ASSET, BrandAssetService
from refleqt_core.intake.business import BrandAsset
from refleqt_core.intake.drafts import UploadedFile
from refleqt_core.intake.media_types import ENDINGS, HEAD, MEDIA_TYPES, SIGNATURES, media_type_of
from refleqt_core.values import BusinessId

PNG = b"\x89PNG\r\n\x1a\n"
SVG = b'<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'
FILES = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/gif": b"GIF89a",
    "image/webp": b"RIFF\x04\x00\x00\x00WEBP",
    "image/avif": b"\x00\x00\x00\x1cftypavif",
    "image/tiff": b"II*\x00",
    "image/svg+xml": SVG,
    "application/pdf": b"%PDF-1.7",
    "application/zip": b"PK\x03\x04",
    "font/woff2": b"wOF2",
    "font/woff": b"wOFF",
    "font/otf": b"OTTO",
    "font/ttf": b"\x00\x01\x00\x00",
}


@pytest.fixture
def assets(refleqt: Composition) -> BrandAssetService:
    return BrandAssetService(store=refleqt.store, blobs=refleqt.blobs, clock=refleqt.clock, ids=refleqt.ids)


@pytest.fixture
def business(refleqt: Composition) -> BusinessId:
    return refleqt.business("brine")


def file(name: str = "logo.png", content: bytes = PNG) -> UploadedFile:
    return UploadedFile(name=name, media_type="text/html", data=io.BytesIO(content))


def names(assets: BrandAssetService, business: BusinessId, **when: Any) -> list[str]:
    return [each.name for each in assets.in_use(business, **when)]


def test_an_asset_is_kept_byte_by_byte(assets: BrandAssetService, business: BusinessId):
    content = PNG + bytes(range(256)) * 100
    kept = assets.add(business, file(content=content), kind="logo")
    found, data = assets.open(business, kept.id)
    with data:
        assert data.read() == content
    assert (found.media_type, found.kind, found.size) == ("image/png", "logo", len(content))


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_a_file_is_what_its_first_bytes_are(assets: BrandAssetService, business: BusinessId, media_type: str):
    kept = assets.add(business, file("file", FILES[media_type]))
    assert kept.media_type == media_type


@pytest.mark.parametrize("svg", [b"<svg>", b"\xef\xbb\xbf \n<svg\n", b"<!DOCTYPE svg PUBLIC 'a' 'b'><svg/>", SVG])
def test_drawings_begin_in_several_ways(svg: bytes):
    assert media_type_of(svg) == "image/svg+xml"


@pytest.mark.parametrize(
    "content",
    [
        b"<html><svg>",
        b"MZ\x90",
        b"#!/bin/sh",
        b"plain",
        b"<svgx>",
        b"RIFF\x04\x00\x00\x00WAVE",
        b"xxxx\x04\x00\x00\x00WEBP",
    ],
)
def test_what_is_no_kind_that_is_kept_is_refused(assets: BrandAssetService, business: BusinessId, content: bytes):
    with pytest.raises(InvalidInput, match="no kind of file that is kept") as caught:
        assets.add(business, file("file", content))
    assert "image/png" in caught.value.faults[0].remedy
    assert assets.in_use(business) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_name_that_promises_another_kind_is_refused(assets: BrandAssetService, business: BusinessId, ending: str):
    content = FILES["application/pdf"] if ENDINGS[ending] != "application/pdf" else PNG
    with pytest.raises(InvalidInput, match=f"its name promises .*{ENDINGS[ending][-4:].replace('+', '.')}"):
        assets.add(business, file(f"a{ending.upper()}", content))


@pytest.mark.parametrize(
    ("name", "content", "kind", "fields"),
    [
        ("", b"", "poster", ["name", "kind", "file"]),
        ("a" * 201, PNG, "logo", ["name"]),
        ("a\x1b[2J", PNG, "logo", ["name"]),
        ("../..", PNG, "mascot", ["kind"]),
    ],
)
def test_all_that_is_wrong_with_a_file_is_told_at_once(
    assets: BrandAssetService, business: BusinessId, name: str, content: bytes, kind: str, fields: list[str]
):
    with pytest.raises(InvalidInput) as caught:
        assets.add(business, file(name, content), kind=kind)
    assert [fault.field for fault in caught.value.faults] == fields


@pytest.mark.parametrize("name", ["/etc/logo.png", "..\\logo.png", "a/b/logo.png", " logo.png "])
def test_only_the_last_part_of_a_path_is_the_name(assets: BrandAssetService, business: BusinessId, name: str):
    assert assets.add(business, file(name)).name == "logo.png"


def test_the_largest_file_is_kept_and_one_byte_more_is_not(assets: BrandAssetService, business: BusinessId):
    assert assets.add(business, file(content=PNG.ljust(LARGEST_ASSET, b"\0"))).size == LARGEST_ASSET
    with pytest.raises(InvalidInput, match="more than"):
        assets.add(business, file("other.png", PNG.ljust(LARGEST_ASSET + 1, b"\0")))
    assert names(assets, business) == ["logo.png"]


def test_a_large_file_is_not_read_to_its_end(assets: BrandAssetService, business: BusinessId):
    class Endless(io.BytesIO):
        """Gives what it is asked for, and counts it."""

        given = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None and size >= 0, "nobody asks for all of it"
            self.given += size
            return PNG.ljust(size, b"\0")

    endless = Endless()
    with pytest.raises(InvalidInput, match="more than"):
        assets.add(business, UploadedFile(name="a.png", media_type="", data=endless))
    assert endless.given <= 2 * LARGEST_ASSET


def test_the_same_file_again_is_the_one_that_is_there(assets: BrandAssetService, business: BusinessId, refleqt: Any):
    first = assets.add(business, file(), kind="logo")
    refleqt.pass_days(1)
    assert assets.add(business, file(), kind="logo") == first
    assert len(refleqt.rows(business, BrandAsset)) == 1


def test_another_file_of_the_same_name_is_a_conflict(assets: BrandAssetService, business: BusinessId):
    assets.add(business, file())
    with pytest.raises(Conflict, match="replace or remove"):
        assets.add(business, file(content=PNG + b"2"))


def test_a_replaced_asset_stays_readable_as_of_its_day(assets: BrandAssetService, business: BusinessId, refleqt: Any):
    old = assets.add(business, file(), kind="logo")
    later = refleqt.pass_days(1)
    new = assets.replace(business, old.id, file("logo.svg", SVG))
    assert (new.kind, new.media_type) == ("logo", "image/svg+xml")
    assert names(assets, business) == ["logo.svg"]
    assert names(assets, business, as_of=NOON) == ["logo.png"]
    assert names(assets, business, as_of=later) == ["logo.svg"]
    with assets.open(business, old.id)[1] as data:
        assert data.read() == PNG


def test_replaced_by_the_same_file_nothing_changes(assets: BrandAssetService, business: BusinessId, refleqt: Any):
    asset = assets.add(business, file())
    assert assets.replace(business, asset.id, file()) == asset
    assert len(refleqt.rows(business, BrandAsset)) == 1


def test_what_is_out_of_use_cannot_be_replaced(assets: BrandAssetService, business: BusinessId):
    asset = assets.add(business, file())
    assets.remove(business, asset.id)
    with pytest.raises(Conflict, match="no longer in use"):
        assets.replace(business, asset.id, file(content=PNG + b"2"))


def test_an_asset_cannot_take_the_name_of_another(assets: BrandAssetService, business: BusinessId):
    assets.add(business, file())
    other = assets.add(business, file("other.png"))
    with pytest.raises(Conflict, match=r"another 'logo\.png'"):
        assets.replace(business, other.id, file(content=PNG + b"2"))
    assert names(assets, business) == ["logo.png", "other.png"]


def test_a_removed_asset_is_out_of_use_and_its_name_free(assets: BrandAssetService, business: BusinessId, refleqt: Any):
    asset = assets.add(business, file())
    refleqt.pass_days(1)
    removed = assets.remove(business, asset.id)
    assert assets.remove(business, asset.id) == removed
    assert names(assets, business) == [] and names(assets, business, as_of=NOON) == ["logo.png"]
    assert assets.add(business, file(content=PNG + b"2")).id != asset.id


def test_another_business_neither_sees_nor_touches_an_asset(
    assets: BrandAssetService, business: BusinessId, refleqt: Any
):
    asset, other = assets.add(business, file()), refleqt.business("ash")
    assert assets.in_use(other) == []
    for use in (assets.get, assets.open, assets.remove):
        with pytest.raises(NotFound):
            use(other, asset.id)
    with pytest.raises(NotFound):
        assets.replace(other, asset.id, file())


def test_an_asset_that_is_not_there_is_not_found(assets: BrandAssetService, business: BusinessId):
    for use in (assets.get, assets.open, assets.remove):
        with pytest.raises(NotFound):
            use(business, uuid4())


def test_a_past_moment_needs_a_time_zone(assets: BrandAssetService, business: BusinessId):
    with pytest.raises(InvalidInput, match="no time zone"):
        assets.in_use(business, as_of=NOON.replace(tzinfo=None))


@given(st.binary(max_size=HEAD))
def test_any_bytes_are_of_a_kind_that_is_kept_or_of_none(head: bytes):
    assert media_type_of(head) in {None, *MEDIA_TYPES}


@pytest.mark.parametrize("signature", SIGNATURES)
def test_every_signature_is_of_a_kind_that_is_kept(signature: Any):
    assert signature.media_type in MEDIA_TYPES
