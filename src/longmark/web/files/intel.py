"""Vulnerabilities as files, and where what is known of them comes from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from longmark.intel.queries import bundles, feeds, intakes
from longmark.web import words
from longmark.web.concerns import ConcernRow
from longmark.web.doors import PageRequest
from longmark.web.exports import Value
from longmark.web.files.tables import ROWS_AT_ONCE, Column, Table, batches, every
from longmark.web.views import customers, vulnerabilities

if TYPE_CHECKING:
    from longmark.intel.models import Bundle, FeedRun, Intake, Refusal
    from longmark.intel.queries.feeds import Counts, FeedState
    from longmark.intel.queries.intakes import SourceState
    from longmark.web.views.customers import CustomerRow

_STAMPS = {code: stamp.word for code, stamp in words.STAMPS.items()}


def _concerns(request: PageRequest) -> Iterator[ConcernRow]:
    return every(lambda after: vulnerabilities.found_rows(request, after=after, limit=ROWS_AT_ONCE))


def _customers(request: PageRequest, name: str) -> "Iterator[CustomerRow]":
    return every(
        lambda after: customers.found_customers(request, name, after=after, limit=ROWS_AT_ONCE)
    )


def _of_party(name: str) -> "Callable[[CustomerRow], Value]":
    """Return how something is read from whoever has units, nothing where nobody is known."""
    return lambda row: getattr(row.reached.party, name) if row.reached.party else None


def _contacts(row: "CustomerRow") -> str:
    """Return whom to tell, each with the mail address or else the telephone number."""
    return "; ".join(
        ", ".join(filter(None, [one.name, one.email or one.phone])) for one in row.contacts
    )


def _feeds(_request: PageRequest) -> "Iterator[FeedState]":
    yield from feeds.feed_states(timezone.now())


def _sources(_request: PageRequest) -> "Iterator[SourceState]":
    yield from intakes.sources_state(timezone.now())


def _intakes(_request: PageRequest) -> "Iterator[Intake]":
    return every(lambda after: intakes.intakes_page(after=after, limit=ROWS_AT_ONCE))


def _refused(_request: PageRequest, pk: int) -> "Iterator[Refusal]":
    one = intakes.intake(pk)
    return every(lambda after: intakes.refusals_page(one, after=after, limit=ROWS_AT_ONCE))


@dataclass(frozen=True)
class _Run:
    run: "FeedRun"
    counts: "Counts"


def _runs(_request: PageRequest, name: str) -> Iterator[_Run]:
    feed = feeds.feed_state(name, timezone.now()).feed
    for found in batches(lambda after: feeds.runs_page(feed, after=after, limit=ROWS_AT_ONCE)):
        counts = feeds.counts_of(found)
        yield from (_Run(run, counts[run.pk]) for run in found)


def _bundles(_request: PageRequest) -> "Iterator[Bundle]":
    return every(lambda after: bundles.bundles_page(after=after, limit=ROWS_AT_ONCE))


TABLES = (
    Table(
        "customers-reached",
        "vulnerabilities/<str:name>/customers",
        (
            Column("name", _("Name"), _of_party("name"), is_unknown_said=True),
            Column("number", _("Number"), _of_party("number")),
            Column("country", _("Country"), _of_party("country")),
            Column("is_distributor", _("Distributor"), lambda row: row.reached.is_distributor),
            Column("contacts", _("Whom to tell"), _contacts),
            Column("units", _("Units affected"), lambda row: row.reached.unit_count),
            Column("units_unknown", _("Units unknown"), lambda row: row.reached.unknown_count),
        ),
        _customers,
        filename="{name}-customers",
    ),
    Table(
        "vulnerabilities",
        "vulnerabilities",
        (
            Column("name", _("Vulnerability"), lambda row: row.vulnerability.name),
            Column("title", _("Title"), lambda row: row.vulnerability.title),
            Column("score", _("Severity"), lambda row: row.vulnerability.severity_score),
            Column("rating", _("Rating"), lambda row: row.vulnerability.severity_rating),
            Column("epss", "EPSS", lambda row: row.vulnerability.epss),
            Column("exploited_on", _("Exploited"), lambda row: row.vulnerability.exploited_on),
            Column("releases", _("Releases"), lambda row: row.concern.release_count),
            Column("units", _("Units affected"), lambda row: row.tally.unit_count),
            Column("units_unknown", _("Units unknown"), lambda row: row.tally.unknown_unit_count),
            Column("customers", _("Customers"), lambda row: row.tally.party_count),
            Column("state", _("State"), lambda row: row.concern.verdict, words=_STAMPS),
            Column(
                "confidence",
                _("Confidence"),
                lambda row: row.concern.confidence,
                words=words.CONFIDENCE,
            ),
            Column("first_seen_at", _("Since"), lambda row: row.concern.first_seen_at),
        ),
        _concerns,
    ),
    Table(
        "feeds",
        "settings/feeds",
        (
            Column("feed", _("Feed"), lambda row: row.feed.name),
            Column("title", _("Title"), lambda row: row.upstream.title),
            Column("address", _("Address"), lambda row: row.feed.address),
            Column("is_followed", _("Followed"), lambda row: row.feed.is_enabled),
            Column("health", _("Health"), words=_STAMPS),
            Column("here", _("Here"), lambda row: row.feed.known_count),
            Column("upstream", _("Upstream"), lambda row: row.feed.upstream_count),
            Column("succeeded_at", _("Last success"), lambda row: row.feed.succeeded_at),
            Column("due_at", _("Next"), lambda row: row.feed.due_at),
            Column("last_error", _("Last error"), lambda row: row.feed.last_error),
        ),
        _feeds,
    ),
    Table(
        "feeds-sources",
        "settings/feeds/sources",
        (
            Column("source", _("Source"), words=words.SOURCES),
            Column("records", _("Records"), lambda row: row.record_count),
            Column("newest_at", _("Newest record")),
            Column(
                "taken_at",
                _("Last taken in"),
                lambda row: getattr(row.last_intake, "ended_at", None),
            ),
        ),
        _sources,
        filename="sources",
    ),
    Table(
        "feeds-files",
        "settings/feeds/files",
        (
            Column("filename", _("File")),
            Column("format", _("Kind"), words=words.SOURCES),
            Column("edition", _("Edition")),
            Column("state", _("State"), words=_STAMPS),
            Column("read", _("Read"), lambda row: row.read_count),
            Column("added", _("Added"), lambda row: row.added_count),
            Column("changed", _("Changed"), lambda row: row.changed_count),
            Column("unchanged", _("Unchanged"), lambda row: row.unchanged_count),
            Column("refused", _("Refused"), lambda row: row.refused_count),
            Column("by", _("By"), lambda row: row.actor_name),
            Column("started_at", _("Taken in")),
            Column("sha256", "SHA-256", lambda row: row.digest),
        ),
        _intakes,
        filename="files-taken-in",
    ),
    Table(
        "intake",
        "settings/feeds/<int:pk>/refused",
        (
            Column("place", _("Place")),
            Column("kind", _("What"), words=words.REFUSALS),
            Column("reason", _("Why")),
        ),
        _refused,
        filename="file-{pk}-refused",
    ),
    Table(
        "feed",
        "settings/feeds/<str:name>/runs",
        (
            Column("asked_at", _("Asked for"), lambda row: row.run.asked_at),
            Column("by", _("By"), lambda row: row.run.actor_name),
            Column("state", _("State"), lambda row: row.run.state, words=_STAMPS),
            Column("read", _("Read"), lambda row: row.counts.read),
            Column("added", _("Added"), lambda row: row.counts.added),
            Column("changed", _("Changed"), lambda row: row.counts.changed),
            Column("refused", _("Refused"), lambda row: row.counts.refused),
            Column("requests", _("Requests"), lambda row: row.run.request_count),
            Column("size_bytes", _("Bytes received"), lambda row: row.run.size_bytes),
            Column("ended_at", _("Ended"), lambda row: row.run.ended_at),
            Column("error", _("Last error"), lambda row: row.run.error),
        ),
        _runs,
        filename="feed-{name}-runs",
    ),
    Table(
        "bundles",
        "settings/feeds/bundles",
        (
            Column("bundle", _("Bundle"), lambda row: str(row)),
            Column("direction", _("Direction")),
            Column("state", _("State"), words=_STAMPS),
            Column("records", _("Records"), lambda row: row.record_count),
            Column("made_at", _("Made")),
            Column("since", _("Only what came since")),
            Column("signer", _("Signed by")),
            Column("size_bytes", _("Bytes")),
            Column("note", _("Note")),
        ),
        _bundles,
    ),
)
