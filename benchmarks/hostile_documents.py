"""Documents made to harm, in pieces, so that making one takes no memory."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from benchmarks import large_documents

LARGE_BYTES = 94 << 20


class Door(Enum):
    """Where a document goes in."""

    SBOM = auto()
    ADVISORIES = auto()


@dataclass(frozen=True)
class Attack:
    """One document; a content type says that it is the body of the request, not part of a form."""

    name: str
    door: Door
    pieces: Callable[[], Iterator[bytes]]
    filename: str = "attack.json"
    content_type: str = ""


HEAD = '{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":['
XML = b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"><components>'


def _whole(content: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: iter([content])


def _sbom(
    count: int, change: Callable[[int, dict[str, Any]], object] = lambda number, each: None,
    tail: Callable[[], Iterator[str]] = lambda: iter(()),
) -> Callable[[], Iterator[bytes]]:  # fmt: skip
    """Return the pieces of an SBOM of so many components, each changed by ``change``."""

    def pieces() -> Iterator[bytes]:
        yield HEAD.encode()
        for number in range(count):
            name = f"part-{number}"
            each = {"type": "library", "bom-ref": f"c{number}", "name": name, "version": "1.2.3",
                    "purl": f"pkg:generic/{name}@1.2.3"}  # fmt: skip
            change(number, each)
            yield ("," if number else "").encode() + json.dumps(each).encode()
        yield b"]"
        yield from (each.encode() for each in tail())
        yield b"}"

    return pieces


def _ring(count: int) -> Iterator[str]:
    yield ',"dependencies":['
    for number in range(count):
        link = {"ref": f"c{number}", "dependsOn": [f"c{(number + 1) % count}"]}
        yield ("," if number else "") + json.dumps(link)
    yield "]"


def _padded(size: int) -> Callable[[], Iterator[bytes]]:
    """Return an SBOM of one component with a description of so many bytes."""

    def pieces() -> Iterator[bytes]:
        yield HEAD.encode() + b'{"type":"library","name":"zlib","description":"'
        for _ in range(size >> 20):
            yield b"x" * (1 << 20)
        yield b'"}]}'

    return pieces


def _entities() -> bytes:
    names = [f'<!ENTITY l0 "{"lol" * 10}">']
    names += [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)]
    body = b'<component type="library"><name>&l11;</name></component></components></bom>'
    return f"<!DOCTYPE bom [{''.join(names)}]>".encode() + XML + body


def _deep(opening: bytes, inner: bytes, closing: bytes, depth: int) -> bytes:
    return opening * depth + inner + closing * depth


def _osv(number: int, **members: object) -> bytes:
    return json.dumps({
        "id": f"ACME-{number}", "modified": "2026-01-02T03:04:05Z",
        "affected": [{"package": {"ecosystem": "PyPI", "name": "acme"},
                      "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"},
                                                                  {"fixed": "2"}]}]}],
    } | members).encode()  # fmt: skip


def _affected(events: list[dict[str, str]]) -> list[dict[str, Any]]:
    package = {"ecosystem": "PyPI", "name": "acme"}
    return [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]


def _zip(members: Iterator[tuple[str, Iterator[bytes]]]) -> Iterator[bytes]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, pieces in members:
            with archive.open(name, "w", force_zip64=True) as stream:
                for piece in pieces:
                    stream.write(piece)
    yield file.getvalue()


def _zeros(size: int) -> Iterator[bytes]:
    for _ in range(size >> 20):
        yield b" " * (1 << 20)


def _one_bomb() -> Iterator[bytes]:
    first = ("a.json", iter([_osv(1)]))
    return _zip(iter([first, ("bomb.json", _zeros(4 << 30))]))


def _many_bombs() -> Iterator[bytes]:
    first = ("a.json", iter([_osv(1)]))
    return _zip(iter([first, *((f"{n}.json", _zeros(30 << 20)) for n in range(300))]))


def _bomb_in_gzip() -> Iterator[bytes]:
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="w", compresslevel=6, mtime=0) as stream:
        stream.write(
            b'{"vulnerabilities":[{"cve":{"id":"CVE-2026-0001","sourceIdentifier":"x","d":"'
        )
        for piece in _zeros(4 << 30):
            stream.write(piece)
    yield file.getvalue()


def _bomb_in_tar() -> Iterator[bytes]:
    file = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=file, mode="w", compresslevel=6, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w|") as archive,
    ):
        for name, size in (
            ("a.json", len(_osv(1))),
            *((f"{n}.json", 30 << 20) for n in range(100)),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = size
            content = _osv(1) if name == "a.json" else b" " * size
            archive.addfile(entry, io.BytesIO(content))
    yield file.getvalue()


def _many_members() -> Iterator[bytes]:
    return _zip((f"{n}.json", iter([b"{}" if n else _osv(1)])) for n in range(200_000))


def _invalid_names(number: int, each: dict[str, Any]) -> None:
    each["purl"] = ("pkg:///", "pkg:npm/%00@1", "nonsense", f"pkg:a/b@{'1.' * 900}")[number % 4]
    each["cpe"] = "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*"


def _same_ref(number: int, each: dict[str, Any]) -> None:
    each["bom-ref"] = "same"


def _long_version(number: int, each: dict[str, Any]) -> None:
    each["version"] = "1." * (1 << 19)


def _large(name: str) -> Callable[[], Iterator[bytes]]:
    """Return the pieces of an honest document that is almost as large as is read."""
    make = large_documents.FORMATS[name]
    size = sum(map(len, make(1_000))) / 1_000
    return lambda: make(int(LARGE_BYTES / size))


EVENTS = [
    event for n in range(100_000) for event in ({"introduced": f"{n}.1"}, {"fixed": f"{n}.2"})
]
COMPONENT = b'<component type="library"><name>a</name><components>'
ATTACKS = (
    Attack("XML with entities within entities", Door.SBOM, _whole(_entities())),
    Attack(
        "JSON 100,000 deep",
        Door.SBOM,
        _whole(HEAD.encode() + _deep(b"[", b"1", b"]", 100_000) + b"]}"),
    ),
    Attack(
        "XML 100,000 deep",
        Door.SBOM,
        _whole(
            XML
            + _deep(COMPONENT, b"", b"</components></component>", 100_000)
            + b"</components></bom>"
        ),
    ),
    Attack("50,000 components", Door.SBOM, _sbom(50_000)),
    Attack("50,000 components in a ring", Door.SBOM, _sbom(50_000, tail=lambda: _ring(50_000))),
    Attack("50,000 components of one reference", Door.SBOM, _sbom(50_000, _same_ref)),
    Attack("50,000 purls and CPE names that are none", Door.SBOM, _sbom(50_000, _invalid_names)),
    Attack("200,001 components", Door.SBOM, _sbom(200_001)),
    Attack("version of 1 MB", Door.SBOM, _sbom(1, _long_version)),
    Attack("description of 95 MB", Door.SBOM, _padded(95 << 20)),
    Attack("SBOM of 200 MB, in a form", Door.SBOM, _padded(200 << 20)),
    Attack(
        "SBOM of 200 MB, as body", Door.SBOM, _padded(200 << 20), content_type="application/json"
    ),
    Attack("SBOM said to be a picture", Door.SBOM, _sbom(1), content_type="image/png"),
    Attack(
        "picture said to be JSON",
        Door.SBOM,
        _whole(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
        content_type="application/json",
    ),
    Attack(
        "form torn off",
        Door.SBOM,
        _whole(b"--x\r\nContent-Disposition: form-data; name="),
        content_type="multipart/form-data; boundary=x",
    ),
    Attack("nothing", Door.SBOM, _whole(b"")),
    Attack(
        "advisory 100,000 deep",
        Door.ADVISORIES,
        _whole(
            b'{"id":"A-1","modified":"2026-01-01T00:00:00Z","affected":'
            + _deep(b"[", b"", b"]", 100_000)
            + b"}"
        ),
    ),
    Attack(
        "advisory with a version of 1 MB",
        Door.ADVISORIES,
        _whole(_osv(1, affected=_affected([{"introduced": "0"}, {"fixed": "1." * (1 << 19)}]))),
    ),
    Attack(
        "advisory with 100,000 ranges", Door.ADVISORIES, _whole(_osv(1, affected=_affected(EVENTS)))
    ),
    Attack("zip: a document of 4 GB", Door.ADVISORIES, _one_bomb, "all.zip"),
    Attack("zip: 300 documents of 30 MB", Door.ADVISORIES, _many_bombs, "all.zip"),
    Attack("gzip: an answer of 4 GB", Door.ADVISORIES, _bomb_in_gzip, "nvd.json.gz"),
    Attack("tar: 100 documents of 30 MB", Door.ADVISORIES, _bomb_in_tar, "all.tar.gz"),
    Attack("zip: 200,000 empty documents", Door.ADVISORIES, _many_members, "all.zip"),
    *(
        Attack(f"honest, large: {name}", Door.SBOM, _large(name))
        for name in large_documents.FORMATS
    ),
)
