"""EUVD: which CVE has which id there, what it says is exploited, and what changed since.

All ids come as one list, once a day. Records are asked for by pages: the exploited ones each time,
since the flag may be taken back; the others by day of change from the first run on, with a
day of overlap. Each page is kept and taken in as it came.
"""

from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from longmark.core.errors import Invalid, LongmarkError
from longmark.core.formats.advisories import euvd
from longmark.core.formats.advisories.detection import Format
from longmark.intel.tasks.errands import Errand

PAGE_RECORDS: Final = 100
PAGES_LIMIT: Final = 5_000
PAUSE_SECONDS: Final = 1.0
FIRST_WINDOW: Final = timedelta(days=30)
OVERLAP: Final = timedelta(days=1)
IDS: Final = "dump/cve-euvd-mapping"


def follow(errand: Errand) -> None:
    """Bring ids, exploitation and records up to date."""
    try:
        _take_ids(errand)
    except LongmarkError as error:
        errand.remark(str(error))
        errand.problems.append(str(error))
    _take_pages(errand, "exploited", {"exploited": "true"})
    today = errand.progress.now.date()
    since = date.fromisoformat(errand.marks.get("on") or (today - FIRST_WINDOW).isoformat())
    window = {"fromUpdatedDate": (since - OVERLAP).isoformat(), "toUpdatedDate": today.isoformat()}
    _take_pages(errand, f"changed since {since}", window)
    errand.marks["on"] = today.isoformat()
    errand.feed.is_whole = not errand.problems


def _take_ids(errand: Errand) -> None:
    url = f"{errand.feed.address}/{IDS}"
    errand.step("fetch", IDS)
    fetched = errand.fetch(url, "ids.csv")
    if fetched is None:
        errand.remark("unchanged")
        return
    errand.step("take", IDS)
    intake = errand.take(
        fetched.path,
        filename="cve-euvd-mapping.csv",
        expected=Format.EUVD_IDS,
        validators={url: fetched.validator},
    )
    errand.feed.upstream_count = intake.read_count
    errand.feed.known_count = intake.accepted_count


def _take_pages(errand: Errand, said: str, asked: dict[str, str]) -> None:
    """Take in all pages of an answer."""
    for number in range(PAGES_LIMIT):
        errand.step("fetch", f"{said}, page {number}")
        query = urlencode({**asked, "page": number, "size": PAGE_RECORDS})
        path = errand.path("page.json")
        errand.client.pause(PAUSE_SECONDS)
        fetched = errand.client.fetch(f"{errand.feed.address}/search?{query}", path)
        assert fetched is not None, "it was asked for without a condition"
        try:
            page = euvd.page(path.read_bytes())
        except Invalid as error:
            raise Invalid(
                "EUVD answers in another shape: {reason} It is kept as blob sha256:{digest}.",
                reason=str(error),
                digest=errand.keep(path),
            ) from None
        if page.items:
            name = f"euvd-{said.replace(' ', '-')}-{number}.json"
            errand.take(path, filename=name, expected=Format.EUVD)
        if (number + 1) * PAGE_RECORDS >= page.total or not page.items:
            path.unlink(missing_ok=True)
            return
