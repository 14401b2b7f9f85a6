"""Adding, replacing and withdrawing the SBOMs of a release."""

import hashlib
import json

import pytest

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Invalid, NotAllowed, Refused
from longmark.core.formats.sboms import SbomInvalid
from longmark.ledger import queries as ledger
from longmark.sboms import queries
from longmark.sboms.models import Component, Coordinate, Document, Occurrence
from longmark.sboms.services import components
from longmark.sboms.services import documents as services
from tests.sboms.samples import a_bom, a_library, many, the_drive
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db


def add(release, content: bytes, *, actor: Actor = SYSTEM, filename: str = "drive.json"):
    return services.add_document(release, content, filename=filename, actor=actor, now=NINE)


def replace(document, content: bytes, *, actor: Actor = SYSTEM):
    return services.replace_document(document, content, filename="b", actor=actor, now=NINE)


def withdraw(document, reason: str = "Wrong build.", *, actor: Actor = SYSTEM):
    services.withdraw_document(document, reason=reason, actor=actor, now=NINE)


def actions() -> list[str]:
    return [entry.action for entry in ledger.entries_page().items if "sboms" in entry.action]


def test_bytes_are_kept_as_they_came():
    document = add(a_release(), the_drive())

    assert document.digest == hashlib.sha256(the_drive()).hexdigest()
    assert document.sha512 == hashlib.sha512(the_drive()).hexdigest()
    assert ledger.blob_bytes(document.digest) == the_drive()


@pytest.mark.parametrize(
    "filename",
    ["drive.cdx.json", "drive.cdx.xml", "drive.spdx", "drive.spdx.json", "drive.spdx3.json"],
)
def test_every_format_is_recorded(filename: str):
    document = Document.objects.get(pk=add(a_release(), the_drive(filename)).pk)

    assert document.component_count == 4
    assert Occurrence.objects.filter(document=document).count() == 5


def test_an_added_sbom_stands_in_the_ledger(finn: Actor):
    release = a_release()
    document = add(release, the_drive(), actor=finn)

    entry = ledger.entries_page(subject_kind="sboms.document").items[0]
    payload = ledger.payload_of(entry)
    assert (entry.action, entry.subject_id) == ("sboms.sbom-added", str(document.pk))
    assert payload["release_id"] == release.pk
    assert (payload["component_count"], payload["first_seen_count"]) == (4, 5)
    assert document.digest in entry.body


def test_the_same_bytes_answer_with_the_same_document():
    release = a_release()

    assert add(release, the_drive()) == add(release, the_drive(), filename="again.json")
    assert actions() == ["sboms.sbom-added"]


def test_a_release_has_several_sboms():
    release = a_release()
    boot, system = add(release, a_bom(a_library("u-boot"))), add(release, the_drive())

    assert queries.documents_of(release) == [boot, system]


def test_a_component_is_one_row_in_the_whole_portfolio():
    first = a_release()
    add(first, the_drive())
    add(a_release("2.4.2", item=first.item), the_drive())
    add(first, the_drive("drive.cdx.xml"))

    assert Component.objects.filter(name="libmodbus").count() == 1
    assert len(Coordinate.objects.filter(component__name="libmodbus", version="3.1.6")) == len(
        set(Coordinate.objects.filter(component__name="libmodbus").values_list("package"))
    )


def test_a_component_has_the_coordinates_that_are_matched():
    add(a_release(), the_drive())

    libmodbus = Component.objects.get(name="libmodbus")
    packages = {each.package: each for each in queries.coordinates_of(libmodbus)}
    assert packages["generic:libmodbus"].version == "3.1.6"
    assert packages["cpe:libmodbus:libmodbus"].key


def test_an_unstated_version_is_unknown_and_has_no_key():
    add(a_release(), a_bom({"type": "library", "name": "zlib", "purl": "pkg:generic/zlib"}))

    zlib = Component.objects.get()
    assert (zlib.version, zlib.is_version_known) == ("", False)
    assert {each.key for each in queries.coordinates_of(zlib)} == {None}


def test_an_occurrence_says_what_its_sbom_says():
    document = add(a_release(), the_drive())

    libmodbus = Occurrence.objects.get(document=document, component__name="libmodbus")
    assert libmodbus.licences == "LGPL-2.1-or-later"
    assert libmodbus.hashes.startswith("SHA-256:d7d9")
    assert libmodbus.patches == [{"kind": "unofficial", "resolves": ["CVE-2022-0367"]}]
    assert Occurrence.objects.get(component__name="p256-m").steps == ("mbedtls",)


def test_the_subject_is_an_occurrence_but_not_counted():
    document = add(a_release(), the_drive())

    subject = Occurrence.objects.get(document=document, number=0)
    assert (subject.component.name, subject.is_subject) == ("drive-firmware", True)
    assert document.component_count == 4


def test_a_refused_sbom_is_kept_and_recorded_and_nothing_else():
    release = a_release()
    broken = a_bom({"type": "library"})
    with pytest.raises(SbomInvalid, match=r"components\[0\]"):
        add(release, broken)

    entry = ledger.entries_page(subject_kind="catalog.release").items[0]
    assert entry.action == "sboms.sbom-refused"
    assert "components[0]" in ledger.payload_of(entry)["problems"][0]
    assert ledger.blob_bytes(hashlib.sha256(broken).hexdigest()) == broken
    assert not Document.objects.exists()
    assert not Component.objects.exists()


def test_a_failure_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch):
    release = a_release()
    monkeypatch.setattr(components, "OCCURRENCE_COLUMNS", ("document_id",))

    with pytest.raises(Exception, match=r"."):
        add(release, the_drive())
    assert not Document.objects.exists()
    assert not Component.objects.exists()
    assert actions() == []


def test_a_newer_sbom_takes_the_place_and_the_older_stays():
    release = a_release()
    older = add(release, the_drive())
    newer = replace(older, a_bom(a_library("zlib")))

    assert queries.documents_of(release) == [newer]
    assert queries.documents_page(release).items == [newer, older]
    assert Document.objects.get(pk=older.pk).superseded_by == newer
    assert actions() == ["sboms.sbom-superseded", "sboms.sbom-added", "sboms.sbom-added"]


def test_replacing_by_the_same_bytes_changes_nothing():
    document = add(a_release(), the_drive())

    assert replace(document, the_drive()) == document
    assert actions() == ["sboms.sbom-added"]


def test_own_bytes_do_not_bring_back_what_is_withdrawn():
    document = add(a_release(), the_drive())
    withdraw(document)

    with pytest.raises(Refused, match="not current any more"):
        replace(document, the_drive())


def test_going_back_to_older_bytes_reinstates_their_document():
    release = a_release()
    older = add(release, the_drive())
    newer = replace(older, a_bom(a_library("zlib")))

    assert replace(newer, the_drive()) == older
    assert queries.documents_of(release) == [older]
    assert actions()[:2] == ["sboms.sbom-superseded", "sboms.sbom-reinstated"]


def test_what_is_superseded_cannot_be_superseded_again():
    older = add(a_release(), the_drive())
    stale = Document.objects.get(pk=older.pk)
    replace(older, a_bom(a_library("zlib")))

    with pytest.raises(Refused, match="not current any more"):
        replace(stale, a_bom(a_library("curl")))
    assert Document.objects.count() == 2


def test_a_withdrawn_sbom_speaks_no_longer():
    release = a_release()
    document = add(release, the_drive())
    withdraw(document)

    assert queries.documents_of(release) == []
    assert Document.objects.get(pk=document.pk).withdrawn_at == NINE
    assert actions()[0] == "sboms.sbom-withdrawn"


def test_withdrawing_needs_a_reason_and_happens_once():
    document = add(a_release(), the_drive())
    with pytest.raises(Invalid, match="Say why"):
        withdraw(document, "  ")

    withdraw(document)
    with pytest.raises(Refused, match="not current any more"):
        withdraw(document)


def test_withdrawn_bytes_may_come_again():
    release = a_release()
    document = add(release, the_drive())
    withdraw(document)

    assert add(release, the_drive()) == document
    assert queries.documents_of(release) == [document]


def test_who_may_not_add_sboms_changes_nothing(otto: Actor, lena: Actor):
    release = a_release()
    document = add(release, the_drive())

    for actor in (otto, lena):
        with pytest.raises(NotAllowed, match="add-sbom"):
            add(release, many(1), actor=actor)
        with pytest.raises(NotAllowed, match="add-sbom"):
            replace(document, many(1), actor=actor)
        with pytest.raises(NotAllowed, match="add-sbom"):
            withdraw(document, actor=actor)
    assert actions() == ["sboms.sbom-added"]


def test_a_label_is_short():
    with pytest.raises(Invalid, match="At most 100"):
        services.add_document(a_release(), many(1), label="x" * 101, actor=SYSTEM, now=NINE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "jw-util"}, {"name": "JW Util", "bom-ref": "b", "supplier": {"name": "X"}}),
        ({"purl": "pkg:PYPI/jw_util@1.0"}, {"purl": "pkg:pypi/jw-util@1.0", "bom-ref": "b"}),
    ],
)
def test_one_package_under_two_spellings_is_one_component(one: dict, other: dict):
    sound = a_library("jw-util", purl="pkg:pypi/jw-util@1.0")
    document = add(a_release(), a_bom(sound | one, sound | other))

    assert len(queries.component_ids_of(document)) == 1
    assert document.component_count == 2


@pytest.mark.parametrize("member", ["version", "group", "name"])
def test_bare_components_that_differ_are_apart(member: str):
    bare = {"type": "library", "name": "rtos", "version": "1", "group": "acme"}
    document = add(a_release(), a_bom(bare, bare | {member: "other", "bom-ref": "b"}))

    assert len(queries.component_ids_of(document)) == 2


def test_texts_of_any_alphabet_are_kept():
    named = a_library("größe", supplier={"name": "日本 \u202e drives"}, purl="pkg:generic/größe@1")
    document = add(a_release(), a_bom(named), filename="größe\u2028.json")

    assert Occurrence.objects.get().supplier == "日本 \u202e drives"
    assert document.filename == "größe\u2028.json"


def test_a_step_cannot_fake_a_deeper_path():
    inner = a_library("inner")
    document = add(a_release(), a_bom(a_library("a\x1fb", components=[inner])))

    assert Occurrence.objects.get(document=document, component__name="inner").steps == ("a b",)


def test_recording_costs_the_same_number_of_statements_at_any_size(django_assert_max_num_queries):
    # On PostgreSQL two of them wait for rules of names and for lifespans that are being written,
    # and two that are many short ones on SQLite are one each.
    release = a_release()
    with django_assert_max_num_queries(22):
        add(release, many(2))
    with django_assert_max_num_queries(22):
        add(release, many(2_000))


def test_a_document_without_components_is_taken():
    document = add(a_release(), a_bom())

    assert document.component_count == 0
    assert document.defects == [{"path": "", "message": "Names no component."}]


def test_every_defect_is_kept_with_its_place():
    content = json.loads(the_drive())
    content["dependencies"].append({"ref": "ghost", "dependsOn": []})
    document = add(a_release(), json.dumps(content).encode())

    places = {defect["path"] for defect in document.defects}
    assert "components[2]" in places
