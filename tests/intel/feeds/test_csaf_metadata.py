"""CSAF providers: who may follow which, and what their metadata and lists may be."""

import orjson
import pytest

from longmark.core.actors import SYSTEM
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.formats.advisories import providers
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.intel.queries import feeds as queries
from longmark.intel.services import feeds
from tests.world import NINE

pytestmark = pytest.mark.django_db


def test_provider_is_followed_once_and_by_those_who_may(otto):
    feeds.follow_provider("Acme.Example", actor=SYSTEM, now=NINE)

    with pytest.raises(Refused, match="there already"):
        feeds.follow_provider("acme.example", actor=SYSTEM, now=NINE)
    with pytest.raises(NotAllowed):
        feeds.follow_provider("other.example", actor=otto, now=NINE)
    assert queries.feed("csaf-acme.example").address == "https://acme.example"


@pytest.mark.parametrize(
    "domain", ["", "a b", "acme.example:port", "https://me:you@acme.example", "https://[x"]
)
def test_what_is_no_domain_is_refused(domain):
    with pytest.raises(Invalid):
        feeds.follow_provider(domain, actor=SYSTEM, now=NINE)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[]", "cannot be read"),
        (b'{"metadata_version": "1.0", "canonical_url": "", "publisher": {}}', "not known"),
        (b'{"metadata_version": "2.0", "canonical_url": "", "publisher": {}}', "no feed"),
    ],
)
def test_metadata_that_cannot_be_used_is_refused(content, reason):
    with pytest.raises(RecordInvalid, match=reason):
        providers.read_metadata(content, url="https://acme.example/")


def test_metadata_of_version_2_1_is_read():
    document = {
        "metadata_version": "2.1",
        "canonical_url": "x",
        "publisher": {"name": "Acme"},
        "distributions": [{"directory": {"url": "white", "tlp_label": "CLEAR"}}],
    }

    provider = providers.read_metadata(orjson.dumps(document), url="https://acme.example/p.json")

    assert [(one.url, one.is_public) for one in provider.listings] == [
        ("https://acme.example/white/", True)
    ]


@pytest.mark.parametrize("line", [
    "only-a-path.json", '"a.json","soon"', "a,b,c", "a,0001-01-01T00:00:00+14:00", "x" * 200_000,
])  # fmt: skip
def test_list_of_changes_of_another_shape_is_refused(line):
    with pytest.raises(RecordInvalid, match="Line 1"):
        providers.read_changes(line.encode(), url="https://acme.example/")


def test_list_of_changes_may_have_quotes_or_not():
    for text in ('"2026/a.json","2026-01-01T00:00:00Z"', "2026/a.json,2026-01-01T00:00:00Z"):
        (one,) = providers.read_changes(text.encode(), url="https://acme.example/w/")
        assert one.url == "https://acme.example/w/2026/a.json"
