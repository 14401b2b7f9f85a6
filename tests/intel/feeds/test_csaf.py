"""CSAF providers: found by their domain, listed, checked by hash and signature, then taken."""

import hashlib
import io
import socket
import zipfile
from datetime import timedelta

import orjson
import pytest

from longmark.core.actors import SYSTEM
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.formats.advisories import providers
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.intel.models import Advisory, Intake, Refusal
from longmark.intel.queries import feeds as queries
from longmark.intel.services import feeds
from longmark.intel.tasks import signatures
from longmark.ledger import queries as blobs
from tests.intel.feeds.conftest import Killed, Watch
from tests.intel.feeds.upstream import status
from tests.world import NINE

pytestmark = pytest.mark.django_db

LATER = NINE + timedelta(hours=2)
OLD, NEW = "2026-11-20T08:00:00Z", "2026-11-24T08:00:00Z"
WELL_KNOWN = "/.well-known/csaf/provider-metadata.json"


def advisory(identifier: str, *, fixed: str = "2.0", label: str = "WHITE") -> dict:
    product = {"product_id": "P1", "name": "Gateway", "product_identification_helper": {
        "cpe": "cpe:2.3:a:acme:gateway:1.0:*:*:*:*:*:*:*"}}  # fmt: skip
    return {
        "document": {
            "category": "csaf_security_advisory",
            "csaf_version": "2.0",
            "title": f"About {identifier}",
            "distribution": {"tlp": {"label": label}},
            "publisher": {
                "category": "vendor",
                "name": "Acme",
                "namespace": "https://acme.example",
            },
            "tracking": {
                "id": identifier,
                "status": "final",
                "version": "1",
                "initial_release_date": OLD,
                "current_release_date": NEW,
                "revision_history": [{"date": OLD, "number": "1", "summary": "First"}],
            },
        },
        "product_tree": {"full_product_names": [product]},
        "vulnerabilities": [
            {"cve": "CVE-2026-0001", "product_status": {"known_affected": ["P1"]}, "notes": []}
        ],
    }


class Acme:
    """A provider that can be told to go wrong."""

    def __init__(self, source) -> None:
        self.source = source
        self.listed: list[tuple[str, str]] = []
        self.keys: list[dict[str, str]] = []
        self.key = b""
        self.role = "csaf_provider"

    def sign(self) -> None:
        self.key = signatures.new_key("Acme <security@acme.example>")
        public = signatures.public_part(self.key)
        (certificate,) = signatures.certificates(public)
        url = self.source.publish("/openpgp/key.asc", public)
        self.keys = [{"fingerprint": signatures.fingerprint_of(certificate), "url": url}]

    def publish(self, identifier: str, *, at: str = OLD, hashes=("sha256",), **more) -> bytes:
        content = orjson.dumps(advisory(identifier, **more))
        name = f"2026/{identifier.lower()}.json"
        self.source.publish(f"/white/{name}", content)
        for algorithm in hashes:
            digest = hashlib.new(algorithm, content).hexdigest()
            text = f"{digest}  {identifier.lower()}.json\n"
            self.source.publish(f"/white/{name}.{algorithm}", text.encode())
        if self.key:
            self.source.publish(f"/white/{name}.asc", signatures.sign(content, self.key))
        self.listed = [one for one in self.listed if one[0] != name] + [(name, at)]
        return content

    def directory(self, *, has_changes: bool = True) -> dict:
        rows = sorted(self.listed, key=lambda one: one[1], reverse=True)
        index = "".join(f"{name}\n" for name, _ in rows)
        self.source.publish("/white/index.txt", index.encode())
        if has_changes:
            changes = "".join(f'"{name}","{at}"\n' for name, at in rows)
            self.source.publish("/white/changes.csv", changes.encode())
        return self.metadata({"directory_url": f"{self.source.url}/white/"})

    def rolie(self, *, label: str = "WHITE", path: str = "/white/feed.json") -> dict:
        base = self.source.url + "/white/"
        entries = []
        for name, at in self.listed:
            links = [{"rel": "self", "href": base + name},
                     {"rel": "hash", "href": f"{base}{name}.sha256"}]  # fmt: skip
            if self.key:
                links.append({"rel": "signature", "href": f"{base}{name}.asc"})
            entries.append({"id": name, "link": links, "updated": at})
        url = self.source.publish(path, {"feed": {"id": "f", "entry": entries}})
        return self.metadata({"rolie": {"feeds": [{"url": url, "tlp_label": label}]}})

    def metadata(self, *distributions: dict, path: str = WELL_KNOWN) -> dict:
        document = {
            "canonical_url": f"{self.source.url}{path}",
            "distributions": list(distributions),
            "last_updated": NEW,
            "metadata_version": "2.0",
            "publisher": {"category": "vendor", "name": "Acme"},
            "public_openpgp_keys": self.keys,
            "role": self.role,
        }
        self.source.publish(path, document)
        return document


@pytest.fixture
def acme(source) -> Acme:
    return Acme(source)


@pytest.fixture
def name(source) -> str:
    return feeds.follow_provider(source.url, actor=SYSTEM, now=NINE).name


@pytest.fixture
def signed(acme) -> Acme:
    acme.sign()
    return acme


def ids():
    return sorted(Advisory.objects.values_list("record_id", flat=True))


def reasons():
    return list(Refusal.objects.values_list("reason", flat=True))


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


@pytest.mark.parametrize("is_rolie", [True, False])
def test_document_with_a_wrong_hash_stays_outside_and_is_kept(source, runner, acme, name, is_rolie):
    content = acme.publish("ACME-1")
    acme.publish("ACME-2")
    source.publish("/white/2026/acme-1.json.sha256", b"ab" * 32)
    acme.rolie() if is_rolie else acme.directory()

    runner.run(name)

    assert ids() == ["ACME-2"]
    (reason,) = reasons()
    assert hashlib.sha256(content).hexdigest() in reason
    kept = Intake.objects.get(filename="csaf-refused.zip")
    with zipfile.ZipFile(io.BytesIO(blobs.blob_bytes(kept.digest))) as archive:
        assert [archive.read(one) for one in archive.namelist()] == [content]
    assert queries.feed_state(name, NINE).missing_count == 1


def test_document_that_was_mended_is_taken(source, runner, acme, name):
    acme.publish("ACME-1")
    source.publish("/white/2026/acme-1.json.sha256", b"no digest")
    acme.directory()
    runner.run(name)
    assert ids() == []

    acme.publish("ACME-1", at=NEW)
    acme.directory()
    runner.run(name, now=LATER)

    assert ids() == ["ACME-1"]
    assert queries.feed_state(name, LATER).missing_count == 0


def test_hash_that_a_feed_names_must_be_served(source, runner, acme, name):
    acme.publish("ACME-1", hashes=())
    acme.rolie()

    runner.run(name)

    assert ids() == []
    assert "not served" in reasons()[0]


def test_signature_by_a_key_of_the_provider_is_good(runner, signed, name):
    signed.role = "csaf_trusted_provider"
    signed.publish("ACME-1")
    signed.rolie()

    run = runner.run(name)

    assert ids() == ["ACME-1"]
    (step,) = [step for step in run.steps if step["name"] == "keys"]
    assert step["note"] == signed.keys[0]["fingerprint"]


def test_signature_by_another_key_or_over_other_bytes_is_refused(source, runner, signed, name):
    content = signed.publish("ACME-1")
    signed.publish("ACME-2")
    other = signatures.new_key("Somebody else")
    source.publish("/white/2026/acme-1.json.asc", signatures.sign(content, other))
    source.publish("/white/2026/acme-2.json.asc", source.files["/white/2026/acme-1.json.asc"])
    signed.directory()

    runner.run(name)

    assert ids() == []
    assert all(reason.startswith("The signature is not good") for reason in reasons())


def test_nonsense_instead_of_a_signature_is_refused(source, runner, signed, name):
    signed.publish("ACME-1")
    source.publish("/white/2026/acme-1.json.asc", b"<html>")
    signed.directory()

    runner.run(name)

    assert ids() == []


def test_key_whose_fingerprint_is_another_signs_nothing(runner, signed, name):
    signed.publish("ACME-1")
    signed.keys[0]["fingerprint"] = "AB" * 20
    signed.directory()

    with pytest.raises(Refused, match="fingerprint is not ABAB"):
        runner.run(name)

    assert ids() == []


def test_trusted_provider_must_sign(runner, acme, name):
    acme.role = "csaf_trusted_provider"
    acme.publish("ACME-1")
    acme.directory()

    runner.run(name)

    assert ids() == []
    assert "not signed" in reasons()[0]


def test_trusted_provider_must_state_hashes(runner, signed, name):
    signed.role = "csaf_trusted_provider"
    signed.publish("ACME-1", hashes=())
    signed.directory()

    runner.run(name)

    assert "no hash file" in reasons()[0]


def test_refused_document_is_tried_again_with_other_keys(source, runner, signed, name):
    signed.publish("ACME-1")
    right, signed.keys[0]["fingerprint"] = signed.keys[0]["fingerprint"], "AB" * 20
    signed.directory()
    with pytest.raises(Refused, match="fingerprint"):
        runner.run(name)
    signed.keys[0]["fingerprint"] = right
    signed.directory()

    runner.run(name, now=LATER)

    assert ids() == ["ACME-1"]
    assert queries.feed_state(name, LATER).missing_count == 0


def test_key_that_is_not_to_be_had_now_makes_the_list_wait(source, runner, signed, name):
    signed.publish("ACME-1")
    signed.directory()
    source.fail("/openpgp/key.asc", *[status(503)] * 5)
    with pytest.raises(Refused, match="key is not to be had"):
        runner.run(name)
    assert reasons() == []

    runner.run(name, now=LATER)

    assert ids() == ["ACME-1"]


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
