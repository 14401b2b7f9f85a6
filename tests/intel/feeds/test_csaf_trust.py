"""CSAF providers: what is not proven by hash and signature stays outside."""

import hashlib
import io
import zipfile

import pytest

from longmark.core.errors import Refused
from longmark.intel.models import Intake
from longmark.intel.queries import feeds as queries
from longmark.intel.tasks import signatures
from longmark.ledger import queries as blobs
from tests.intel.feeds.acme import LATER, NEW, ids, reasons
from tests.intel.feeds.upstream import status
from tests.world import NINE

pytestmark = pytest.mark.django_db


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
