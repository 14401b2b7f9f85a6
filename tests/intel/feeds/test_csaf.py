"""CSAF providers: found by their domain, listed, and read on where they were left."""

import socket

import pytest

from longmark.core.actors import SYSTEM
from longmark.core.errors import Refused
from longmark.intel.models import Refusal
from longmark.intel.queries import feeds as queries
from longmark.intel.services import feeds
from tests.intel.feeds.acme import LATER, NEW, OLD, WELL_KNOWN, ids
from tests.intel.feeds.conftest import Killed, Watch
from tests.intel.feeds.upstream import status
from tests.world import NINE

pytestmark = pytest.mark.django_db


def test_directory_is_read_by_its_list_of_changes(source, runner, acme, name):
    acme.publish("ACME-1")
    acme.publish("ACME-2", hashes=("sha512",))
    acme.directory()

    run = runner.run(name)

    assert ids() == ["ACME-1", "ACME-2"]
    assert run.steps[0]["note"].startswith("Acme at http")
    state = queries.feed_state(name, NINE)
    assert (state.health, state.feed.upstream_count, state.missing_count) == ("fresh", 2, 0)


def test_feed_is_preferred_and_its_links_are_followed(source, runner, acme, name):
    acme.publish("ACME-1")
    acme.rolie()

    runner.run(name)

    assert ids() == ["ACME-1"]
    assert source.asked_for("/white/changes.csv") == []


def test_only_what_changed_is_fetched_later(source, runner, acme, name):
    acme.publish("ACME-1")
    acme.publish("ACME-2")
    acme.directory()
    runner.run(name)
    source.asked.clear()
    acme.publish("ACME-2", at=NEW, fixed="3.0")
    acme.publish("ACME-3", at=OLD)
    acme.directory()

    runner.run(name, now=LATER)

    fetched = [one.path for one in source.asked if one.path.endswith(".json")]
    assert fetched[1:] == ["/white/2026/acme-3.json", "/white/2026/acme-2.json"]
    assert ids() == ["ACME-1", "ACME-2", "ACME-3"]


def test_unchanged_list_is_not_read_again(source, runner, acme, name):
    acme.publish("ACME-1")
    acme.rolie()
    runner.run(name)
    source.asked.clear()

    runner.run(name, now=LATER)

    assert [one.status for one in source.asked] == [200, 304]
    assert queries.feed_state(name, LATER).feed.upstream_count == 1


def test_directory_without_a_list_of_changes_is_asked_for_what_is_newer(source, runner, acme, name):
    acme.publish("ACME-1")
    acme.directory(has_changes=False)

    runner.run(name)
    runner.run(name, now=LATER)

    assert ids() == ["ACME-1"]
    second = source.asked_for("/white/2026/acme-1.json")[1]
    assert second.headers["if-modified-since"] == "Tue, 24 Nov 2026 09:00:00 GMT"


@pytest.mark.parametrize("place", ["/.well-known/security.txt", "/security.txt"])
def test_provider_is_found_by_its_security_txt(source, runner, acme, name, place):
    acme.publish("ACME-1")
    document = acme.directory()
    del source.files[WELL_KNOWN]
    source.publish("/csaf/provider-metadata.json", document)
    text = "Contact: mailto:psirt@acme.example\nCSAF: /csaf/provider-metadata.json\n"
    source.publish(place, text.encode())

    runner.run(name)

    assert ids() == ["ACME-1"]


def test_provider_is_found_by_the_reserved_host_name(source, runner, acme, monkeypatch):
    acme.publish("ACME-1")
    source.publish("/", acme.directory())
    del source.files[WELL_KNOWN]
    genuine = socket.getaddrinfo
    here = {"acme.example", "csaf.data.security.acme.example"}
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: genuine("127.0.0.1" if host in here else host, *rest, **more),
    )
    runner.trusted = frozenset({"127.0.0.1", *here})
    address = f"http://acme.example:{source.port}"
    name = feeds.follow_provider(address, actor=SYSTEM, now=NINE).name

    runner.run(name)

    hosts = [one.headers["host"].partition(":")[0] for one in source.asked]
    assert "csaf.data.security.acme.example" in hosts
    assert ids() == ["ACME-1"]


def test_provider_that_is_nowhere_is_told_with_the_places_looked_at(runner, name):
    with pytest.raises(Refused, match="does not say where its CSAF documents are") as refused:
        runner.run(name)

    assert WELL_KNOWN in str(refused.value)


def test_document_that_was_not_served_is_missing_and_asked_for_again(source, runner, acme, name):
    acme.publish("ACME-1")
    acme.publish("ACME-2", at=NEW)
    acme.rolie()
    later = source.files.pop("/white/2026/acme-1.json")

    runner.run(name)

    assert ids() == ["ACME-2"]
    assert queries.feed_state(name, NINE).missing_count == 1
    source.files["/white/2026/acme-1.json"] = later
    source.asked.clear()
    runner.run(name, now=LATER)
    assert ids() == ["ACME-1", "ACME-2"]
    assert source.asked_for("/white/2026/acme-2.json") == []
    assert queries.feed_state(name, LATER).missing_count == 0


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/a.json", "https://[x", "a\x01b.json", "ftp://acme.example/a.json"]
)
def test_address_that_leads_nowhere_holds_up_no_other(source, runner, acme, name, address):
    acme.publish("ACME-1")
    acme.listed.append((address, OLD))
    acme.directory()

    runner.run(name)

    assert ids() == ["ACME-1"]
    assert queries.feed_state(name, NINE).missing_count == 1


def test_document_of_the_future_hides_none_that_comes_after_it(runner, acme, name):
    acme.publish("ACME-1", at="2999-01-01T00:00:00Z")
    acme.directory()
    runner.run(name)
    acme.publish("ACME-2", at=NEW)
    acme.directory()

    runner.run(name, now=LATER)

    assert ids() == ["ACME-1", "ACME-2"]


def test_feed_that_the_metadata_names_must_be_there(source, runner, acme, name):
    acme.publish("ACME-1")
    acme.rolie()
    del source.files["/white/feed.json"]

    with pytest.raises(Refused, match=r"feed\.json: it answers 404"):
        runner.run(name)


def test_what_is_not_for_everyone_is_not_asked_for_and_said_so(source, runner, acme, name):
    acme.publish("ACME-1")
    acme.rolie(label="AMBER")

    run = runner.run(name)

    assert ids() == []
    assert source.asked_for("/white/feed.json") == []
    assert run.steps[-1] == run.steps[-1] | {"name": "skip", "place": "TLP:AMBER"}


def test_document_that_is_not_csaf_is_refused_alone(source, runner, acme, name):
    acme.publish("ACME-1")
    acme.publish("ACME-2", hashes=())
    source.publish("/white/2026/acme-2.json", {"document": {"csaf_version": "9"}})
    acme.directory()

    runner.run(name)

    assert ids() == ["ACME-1"]
    assert Refusal.objects.get().place.endswith("acme-2.json")


@pytest.mark.parametrize("place", ["fetch 1 documents", "take"])
def test_run_that_was_killed_comes_to_the_same_end(runner, acme, name, place, monkeypatch):
    monkeypatch.setattr("longmark.intel.tasks.csaf.CHUNK_DOCUMENTS", 1)
    for number in range(3):
        acme.publish(f"ACME-{number}")
    acme.directory()
    try:
        runner.run(name, watch=Watch(kill_on=place))
    except Killed:
        runner.run(name)

    assert ids() == ["ACME-0", "ACME-1", "ACME-2"]


def test_feed_that_fails_for_a_while_is_read_on_later(source, runner, acme, name):
    acme.publish("ACME-1")
    acme.publish("ACME-2", at=NEW)
    acme.rolie()
    source.fail("/white/2026/acme-2.json", *[status(500)] * 5)
    with pytest.raises(Refused, match="500"):
        runner.run(name)

    runner.run(name, now=LATER)

    assert ids() == ["ACME-1", "ACME-2"]
