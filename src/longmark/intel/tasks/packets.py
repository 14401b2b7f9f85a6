"""Single records, put together into one archive that is kept and taken in like any file."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final

from longmark.core.errors import Invalid, NotFound
from longmark.core.formats import zips
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.reading import MAX_RECORD_BYTES
from longmark.foundation.client import LARGE_BYTES
from longmark.intel.tasks.errands import Errand

PIECE_BYTES: Final = 1 << 20

if TYPE_CHECKING:
    from longmark.intel.models import Intake


class Packet:
    """An archive of records as they came, each under its name; what is not there is noted."""

    def __init__(self, errand: Errand, name: str) -> None:
        self.errand = errand
        self.path = errand.path(name)
        self.archive = zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self.count = 0
        self.absent: list[str] = []

    def add(self, name: str, url: str) -> None:
        """Fetch a record into the archive; one that is not served, or too large, is noted."""
        try:
            self.put(name, self.errand.client.read(url, limit_bytes=MAX_RECORD_BYTES))
        except (NotFound, Invalid):
            self.absent.append(name)

    def put(self, name: str, content: bytes) -> None:
        """Add a record that was fetched."""
        self.archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        self.count += 1

    def drop(self) -> None:
        """Throw away what was put together."""
        self.archive.close()
        self.path.unlink()

    def take(
        self, filename: str, expected: Format | None, *, marks: Mapping[str, Any]
    ) -> "Intake | None":
        """Take in what was put together; with nothing in it, the marks hold at once."""
        self.archive.close()
        if self.absent:
            self.errand.remark(f"not served: {', '.join(self.absent[:5])}")
        if not self.count:
            self.path.unlink()
            self.errand.marks.update(marks)
            self.errand.save()
            return None
        return self.errand.take(self.path, filename=filename, expected=expected, marks=marks)


def unwrapped(path: Path) -> Path:
    """Return the archive that is the only thing in an archive, else the archive itself.

    The CVE list's releases come as a zip within a zip.

    Raises:
        Invalid: it is no archive, or what is in it is larger than any honest one.
    """
    try:
        with zipfile.ZipFile(path) as outer:
            names = outer.namelist()
            if len(names) != 1 or not names[0].lower().endswith(".zip"):
                return path
            inner = path.with_name(f"{path.name}.inner")
            with outer.open(names[0]) as source, inner.open("wb") as target:
                _copy(source, target)
    except zips.UNREADABLE as error:
        raise Invalid("The archive is broken: {reason}", reason=str(error)) from None
    path.unlink()
    return inner


def _copy(source: IO[bytes], target: BinaryIO) -> None:
    size = 0
    while piece := source.read(PIECE_BYTES):
        size += len(piece)
        if size > LARGE_BYTES:
            raise Invalid("The inner archive is larger than {limit} MB.", limit=LARGE_BYTES >> 20)
        target.write(piece)
