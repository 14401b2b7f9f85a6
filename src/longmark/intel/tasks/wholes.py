"""Sources that are one file, whole each time: CISA KEV and EPSS."""

from longmark.core.formats.advisories.detection import Format
from longmark.core.vocabulary import FeedKind
from longmark.intel.tasks.errands import Errand

_FILES = {
    FeedKind.KEV: ("known_exploited_vulnerabilities.json", Format.KEV),
    FeedKind.EPSS: ("epss_scores-current.csv.gz", Format.EPSS),
}


def follow(errand: Errand) -> None:
    """Fetch the file if it is another one, and take it in."""
    filename, expected = _FILES[FeedKind(errand.feed.kind)]
    url = errand.feed.address
    errand.step("fetch", url)
    fetched = errand.fetch(url, filename)
    if fetched is None:
        errand.remark("unchanged")
        return
    errand.step("take", filename)
    intake = errand.take(
        fetched.path, filename=filename, expected=expected, validators={url: fetched.validator}
    )
    errand.feed.upstream_count = intake.read_count
    errand.feed.known_count = intake.read_count - intake.refused_count
    errand.feed.is_whole = True
