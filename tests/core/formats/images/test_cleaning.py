"""Photos lose what stands beside the picture, and keep the picture; hostile ones are refused."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.errors import Invalid
from longmark.core.formats.images.cleaning import cleaned, media_type_of

SCAN = b"\x12\xff\x00\x34\xff\xd0\x56"
SECRET = b"52.5200 N 13.4050 E"


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def exif(turned: int = 6, order: str = "<") -> bytes:
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0)
    mark = b"II" if order == "<" else b"MM"
    tiff = mark + struct.pack(f"{order}HIH", 42, 8, 1) + entry + b"\x00" * 4
    return segment(0xE1, b"Exif\x00\x00" + tiff + SECRET)


def jpeg(*segments: bytes, after: bytes = b"") -> bytes:
    frame = segment(0xDB, b"\x00" * 65) + segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + SCAN
    return b"\xff\xd8" + b"".join(segments) + frame + scan + b"\xff\xd9" + after


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*chunks: bytes, after: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    picture = chunk(b"IDAT", zlib.compress(b"\x00\x00")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + picture + after


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP"
    for name, content in chunks:
        body += name + struct.pack("<I", len(content)) + content + b"\x00" * (len(content) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


WEBP = webp((b"VP8X", b"\x0c" + b"\x00" * 9), (b"VP8 ", b"picture"), (b"EXIF", SECRET))
LOADED = {
    "image/jpeg": jpeg(exif(1), segment(0xFE, SECRET), segment(0xED, SECRET), after=SECRET),
    "image/png": png(chunk(b"eXIf", SECRET), chunk(b"tEXt", SECRET), after=SECRET),
    "image/webp": WEBP,
}


@pytest.mark.parametrize(("media_type", "content"), LOADED.items(), ids=LOADED)
def test_what_stands_beside_the_picture_is_taken_out(media_type: str, content: bytes) -> None:
    photo = cleaned(content)

    assert photo.media_type == media_type
    assert SECRET in content
    assert SECRET not in photo.content
    assert cleaned(photo.content) == photo


def test_the_picture_of_a_jpeg_stays_bit_for_bit() -> None:
    assert cleaned(LOADED["image/jpeg"]).content == jpeg()
    assert cleaned(LOADED["image/png"]).content == png()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turned", range(2, 9))
def test_which_side_is_up_is_kept(turned: int, order: str) -> None:
    photo = cleaned(jpeg(exif(turned, order))).content

    assert struct.pack(">HHIH", 0x0112, 3, 1, turned) in photo
    assert SECRET not in photo


@pytest.mark.parametrize("turned", [0, 1, 9, 65535])
def test_an_orientation_that_says_nothing_is_left_out(turned: int) -> None:
    assert b"Exif" not in cleaned(jpeg(exif(turned))).content


def test_colours_are_kept() -> None:
    profile = segment(0xE2, b"ICC_PROFILE\x00\x01\x01colours")

    assert profile in cleaned(jpeg(profile, segment(0xE2, b"MPF\x00more pictures"))).content


def test_a_second_scan_is_kept_and_what_hides_between_is_not() -> None:
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + SCAN
    content = jpeg()[:-2] + segment(0xE1, b"Exif\x00\x00" + SECRET) + scan + b"\xff\xd9"
    photo = cleaned(content).content

    assert photo.count(SCAN) == 2
    assert SECRET not in photo


def test_a_webp_no_longer_says_that_it_has_what_was_taken_out() -> None:
    photo = cleaned(WEBP).content

    assert photo == webp((b"VP8X", b"\x00" * 10), (b"VP8 ", b"picture"))


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"PK\x03\x04",
     b"<html><script>1</script>", b"\x00\x00\x00\x18ftypheic"],
)  # fmt: skip
def test_other_files_are_refused_by_their_content(content: bytes) -> None:
    with pytest.raises(Invalid, match="JPEG, PNG or WebP"):
        media_type_of(content)


@pytest.mark.parametrize("content", LOADED.values(), ids=LOADED)
@given(st.data())
def test_a_photo_that_is_cut_off_is_refused(content: bytes, data: st.DataObject) -> None:
    whole = len(content.removesuffix(SECRET))
    length = data.draw(st.integers(12, whole - 1))

    with pytest.raises(Invalid):
        cleaned(content[:length])


@pytest.mark.parametrize(
    "begin", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\x00\x00\x00WEBP"]
)
@given(rest=st.binary(max_size=300))
def test_noise_is_refused_or_cleaned_and_never_more(begin: bytes, rest: bytes) -> None:
    try:
        photo = cleaned(begin + rest)
    except Invalid:
        return
    assert len(photo.content) <= len(begin + rest) + 40
