"""One run of a feed at work: what all kinds share.

A run goes in named steps: look what is new, fetch it, take it in (raw bytes kept, parsed, compared,
applied, what is bad refused with its reason), report. Each step writes how far it came. A file that
was fetched is noted as pending together with the marks that hold once it is taken, so after a
kill it is taken from where the reading stopped, and nothing is fetched twice.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from longmark.core.errors import LongmarkError
from longmark.core.formats.advisories.detection import Format
from longmark.foundation.client import Client, Fetched, Validator
from longmark.intel.services import feeds, intakes
from longmark.jobs.services import Progress
from longmark.ledger import services as ledger

if TYPE_CHECKING:
    from longmark.intel.models import FeedRun, Intake

PENDING = "pending"


class Errand:
    """A run with what it works with; `problems` are parts that failed while others went on."""

    def __init__(self, run: "FeedRun", client: Client, folder: Path, progress: Progress) -> None:
        self.run = run
        self.feed = run.feed
        self.client = client
        self.folder = folder
        self.progress = progress
        self.steps: list[dict[str, str]] = list(run.steps)
        self.problems: list[str] = []
        self._before = (run.request_count, run.size_bytes)
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def marks(self) -> dict[str, Any]:
        """How far the feed is known, in the terms of its kind."""
        marks: dict[str, Any] = self.feed.marks
        return marks

    def option(self, name: str) -> Any:
        """Return an option of the feed; empty if it is not set."""
        return self.feed.options.get(name) or ""

    def step(self, name: str, place: str = "") -> None:
        """Begin a step, and write how far the run is. A cancelled run ends here."""
        at = self.progress.now.isoformat(timespec="seconds")
        self.steps.append({"name": name, "place": place, "at": at, "note": ""})
        self.save()

    def remark(self, text: str) -> None:
        """Say what came of the step at hand."""
        self.steps[-1]["note"] = text

    def save(self) -> None:
        """Write steps, counters and marks."""
        requests, size = self._before
        self.run.request_count = requests + self.client.request_count
        self.run.size_bytes = size + self.client.size_bytes
        feeds.note(self.run, self.steps)
        last = self.steps[-1] if self.steps else {"name": "", "place": ""}
        said = " ".join(filter(None, (self.feed.name, last["name"], last["place"])))
        self.progress.advance(self.run.request_count, note=said)

    def path(self, name: str) -> Path:
        """Return where a file may be kept while the feed works on it."""
        safe = "".join(each if each.isalnum() or each in ".-" else "_" for each in name)
        return self.folder / safe[-150:]

    def fetch(self, url: str, name: str, *, limit_bytes: int | None = None) -> Fetched | None:
        """Fetch a file that is asked for anew in every run; None if it has not changed."""
        etag, last_modified = self.feed.validators.get(url) or ("", "")
        limits = {} if limit_bytes is None else {"limit_bytes": limit_bytes}
        return self.client.fetch(url, self.path(name), validator=(etag, last_modified), **limits)

    def take(
        self,
        path: Path,
        *,
        filename: str,
        expected: Format | None,
        marks: Mapping[str, Any] | None = None,
        validators: Mapping[str, Validator] | None = None,
    ) -> "Intake":
        """Keep a file as it came, and take in its records; then the marks and validators hold.

        Raises:
            Invalid: the file cannot be read (on); what was read stays, the file too.
        """
        self.marks[PENDING] = {
            "digest": self.keep(path),
            "filename": filename,
            "format": expected.value if expected else "",
            "marks": dict(marks or {}),
            "validators": {url: list(each) for url, each in (validators or {}).items()},
        }
        self.save()
        intake = self.take_pending()
        assert intake is not None, "it was just noted as pending"
        return intake

    def quarantine(
        self, path: Path, refusals: Sequence[tuple[str, str]], *, filename: str, expected: Format
    ) -> None:
        """Keep documents that may not be taken in, with the reasons, for people to look at."""
        intakes.quarantine(
            self.keep(path),
            filename=filename,
            expected=expected,
            refusals=refusals,
            run=self.run,
            actor=self.progress.actor,
            now=self.progress.now,
        )

    def keep(self, path: Path) -> str:
        """Move a file into the blob store, whatever it holds, and return its SHA-256."""
        with path.open("rb") as file:
            digest = ledger.store_blob_file(
                file, media_type="application/octet-stream", now=self.progress.now
            )
        path.unlink()
        return digest

    def take_pending(self) -> "Intake | None":
        """Take in what was fetched and not taken to its end; None if nothing is left over."""
        pending = self.marks.get(PENDING)
        if pending is None:
            return None
        try:
            intake = intakes.import_blob(
                pending["digest"],
                filename=pending["filename"],
                expected=Format(pending["format"]) if pending["format"] else None,
                run=self.run,
                actor=self.progress.actor,
                now=self.progress.now,
                progress=self.progress,
            )
        except LongmarkError:
            del self.marks[PENDING]
            raise
        del self.marks[PENDING]
        self.marks.update(pending["marks"])
        self.feed.validators.update(pending["validators"])
        self.save()
        return intake
