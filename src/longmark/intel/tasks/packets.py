"""Single records, put together into one archive that is kept and taken in like any file."""

import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from longmark.core.errors import Invalid, NotFound
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.reading import MAX_RECORD_BYTES
from longmark.intel.tasks.errands import Errand

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
