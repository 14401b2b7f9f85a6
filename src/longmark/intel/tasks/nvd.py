"""NVD: yearly feeds to begin with, then the API by windows of change.

The API answers at most 120 days at once, in pages, and wants to be asked slowly. Each page that
was taken is a mark: after a kill the next page is asked for, not the first. A yearly feed is
checked against the SHA-256 that its `.meta` states. NVD is asked each time how many records it has;
if many are missing here although all was taken, the yearly feeds are taken anew.
"""

import gzip
import hashlib
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec
from django.conf import settings

from longmark.core.errors import Invalid, LongmarkError, NotFound
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.reading import instant
from longmark.core.formats.advisories.records import Source
from longmark.foundation.client import PASSING
from longmark.intel.queries import intakes
from longmark.intel.queries.feeds import MISSING_SHARE
from longmark.intel.tasks.errands import Errand

FIRST_YEAR: Final = 2002  # holds all before
WINDOW: Final = timedelta(days=119)
PAGE_RECORDS: Final = 2_000
PAUSE_SECONDS: Final = 6.0  # 5 requests in 30 s are allowed,
PAUSE_WITH_KEY_SECONDS: Final = 0.7  # or 50 with a key
REFILL_AFTER: Final = timedelta(days=3)
PAGE_BYTES: Final = 128 << 20
OVER_THE_LIMIT: Final = 403  # besides 429


class _Page(msgspec.Struct, rename="camel"):
    """The head of an answer; its records are read by the intake."""

    start_index: int
    results_per_page: int
    total_results: int
    timestamp: str


_pages: Final = msgspec.json.Decoder(_Page)


def follow(errand: Errand) -> None:
    """Take in what there is, then what changed since."""
    client = errand.client
    client.passing = PASSING | {OVER_THE_LIMIT}
    if settings.NVD_API_KEY:
        host = urlsplit(errand.feed.address).hostname or ""
        client.credentials = {host: {"apiKey": settings.NVD_API_KEY}}
    if errand.option("feeds") and not errand.marks.get("is_filled"):
        _fill(errand)
    _follow_changes(errand)
    errand.feed.is_whole = True
    _count(errand)


def _fill(errand: Errand) -> None:
    """Take in the yearly feeds; those taken before are asked for only if they differ."""
    problems = []
    for year in range(FIRST_YEAR, errand.progress.now.year + 1):
        try:
            _take_year(errand, year)
        except NotFound as error:
            if year < errand.progress.now.year:  # that of a new year comes some days late
                problems.append(str(error))
        except LongmarkError as error:
            errand.remark(str(error))
            problems.append(str(error))
    if problems:
        raise Invalid("{problems}", problems=" ".join(problems))
    errand.marks["is_filled"] = True
    errand.marks["at"] = min(errand.marks["written"].values())


def _take_year(errand: Errand, year: int) -> None:
    name = f"nvdcve-2.0-{year}.json.gz"
    folder = errand.option("feeds")
    errand.step("look", str(year))
    meta = _meta(errand.client.read(f"{folder}/nvdcve-2.0-{year}.meta", limit_bytes=1 << 16))
    years, written = (dict(errand.marks.get(each) or {}) for each in ("years", "written"))
    if years.get(str(year)) == meta["sha256"]:
        errand.remark("unchanged")
        return
    errand.step("fetch", name)
    fetched = errand.client.fetch(f"{folder}/{name}", errand.path(name))
    assert fetched is not None, "it was asked for without a condition"
    _check(fetched.path, meta["sha256"], name)
    errand.step("take", name)
    marks = {
        "years": {**years, str(year): meta["sha256"]},
        "written": {**written, str(year): meta["lastmodifieddate"]},
    }
    errand.take(fetched.path, filename=name, expected=Format.NVD, marks=marks)


def _meta(content: bytes) -> dict[str, str]:
    """Return what a `.meta` file says, its names in lower case."""
    lines = content.decode("ascii", "replace").splitlines()
    stated = {
        name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
    }
    sha256 = stated.get("sha256", "").lower()
    written = instant(stated.get("lastmodifieddate", ""))
    if len(sha256) != hashlib.sha256().digest_size * 2 or written is None:
        raise Invalid("The .meta file states no SHA-256 and no date.")
    return {"sha256": sha256, "lastmodifieddate": written.isoformat()}


def _check(path: Path, sha256: str, name: str) -> None:
    """Compare the digest of what is in a feed with what its `.meta` says."""
    digest = hashlib.sha256()
    try:
        with gzip.open(path) as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except (OSError, EOFError, zlib.error) as error:
        path.unlink()
        raise Invalid("{name} is broken: {reason}", name=name, reason=str(error)) from None
    if digest.hexdigest() != sha256:
        path.unlink()
        raise Invalid(
            "{name} is not what its .meta says: its SHA-256 is {found}, not {stated}.",
            name=name,
            found=digest.hexdigest(),
            stated=sha256,
        )


def _follow_changes(errand: Errand) -> None:
    """Ask the API for what changed since the mark, window by window; without a mark for all."""
    now = errand.progress.now
    at = instant(errand.marks.get("at", ""))
    if at is None:
        _take_pages(errand, {}, "all", until=now)
        return
    while at < now:
        until = min(at + WINDOW, now)
        window = {"lastModStartDate": _text(at), "lastModEndDate": _text(until)}
        _take_pages(errand, window, f"{at:%Y-%m-%d} – {until:%Y-%m-%d}", until=until)
        at = instant(errand.marks["at"]) or now


def _take_pages(errand: Errand, window: Mapping[str, str], said: str, *, until: datetime) -> None:
    """Take in all pages of an answer, going on where a run before was cut off."""
    asked = errand.marks.get("window") or {}
    if not (asked and asked["of"] == window.get("lastModStartDate", "")):
        asked = {"of": window.get("lastModStartDate", ""), "index": 0, "first": "", "until": ""}
    if asked["until"]:  # the window that was begun is asked for to its end, or its pages differ
        window = {**window, "lastModEndDate": asked["until"]}
    asked["until"] = window.get("lastModEndDate", "")
    while True:
        errand.step("fetch", f"{said} from {asked['index']}")
        path, page = _fetch_page(errand, window, asked["index"])
        first = asked["first"] or page.timestamp
        index = page.start_index + page.results_per_page
        is_last = index >= page.total_results or not page.results_per_page
        marks: dict[str, Any] = {"window": {**asked, "index": index, "first": first}}
        if is_last:
            # Without a window nothing says until when; the first page's clock does.
            end = instant(asked["until"]) or instant(first) or until
            marks = {"window": None, "at": end.isoformat()}
        if page.results_per_page:
            name = f"nvd-{said.replace(' ', '')}-{page.start_index}.json"
            errand.step("take", name)
            errand.take(path, filename=name, expected=Format.NVD, marks=marks)
        else:
            path.unlink()
            errand.marks.update(marks)
        if is_last:
            return
        asked = errand.marks["window"]


def _fetch_page(errand: Errand, window: Mapping[str, str], index: int) -> tuple[Path, _Page]:
    """Fetch one page, slowly, and read its head."""
    asked = {**window, "resultsPerPage": PAGE_RECORDS, "startIndex": index}
    path = errand.path("page.json")
    fetched = _ask(errand, asked, path)
    try:
        page = _pages.decode(fetched.read_bytes())
    except msgspec.MsgspecError as error:
        raise Invalid(
            "NVD answers in another shape: {reason} The answer is kept as blob sha256:{digest}.",
            reason=str(error),
            digest=errand.keep(path),
        ) from None
    return path, page


def _ask(errand: Errand, asked: Mapping[str, Any], path: Path) -> Path:
    pause = PAUSE_WITH_KEY_SECONDS if settings.NVD_API_KEY else PAUSE_SECONDS
    errand.client.pause(pause)
    fetched = errand.client.fetch(
        f"{errand.feed.address}?{urlencode(asked)}", path, limit_bytes=PAGE_BYTES
    )
    assert fetched is not None, "it was asked for without a condition"
    return fetched.path


def _count(errand: Errand) -> None:
    """Compare how many records NVD has with how many are here."""
    errand.step("count")
    path = _ask(errand, {"resultsPerPage": 1}, errand.path("count.json"))
    content = path.read_bytes()
    path.unlink()
    try:
        total = _pages.decode(content).total_results
    except msgspec.MsgspecError as error:
        raise Invalid("NVD answers in another shape: {reason}", reason=str(error)) from None
    known = intakes.record_count(Source.NVD)
    errand.feed.upstream_count, errand.feed.known_count = total, known
    errand.remark(f"{known} of {total} records are here")
    if total - known > total * MISSING_SHARE:
        _fill_again(errand)


def _fill_again(errand: Errand) -> None:
    """Let the next run take everything anew: records are missing that no window would bring."""
    now, last = errand.progress.now, instant(errand.marks.get("refilled_at", ""))
    if last is not None and now - last < REFILL_AFTER:
        return
    errand.marks["refilled_at"] = now.isoformat()
    errand.marks.update(is_filled=False, years={}, window=None, at="")


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
