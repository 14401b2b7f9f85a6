"""Reports on SBOMs are kept and made anew; requests to suppliers are recorded as they were sent."""

from datetime import date

import orjson
import pytest

from longmark.core.actors import SYSTEM, Role
from longmark.core.errors import Invalid, NotAllowed, NotFound, Refused
from longmark.core.formats.sboms.quality import lacks
from longmark.ledger import queries as ledger
from longmark.sboms.models import Document, KeptReport
from longmark.sboms.queries import judging
from longmark.sboms.services import quality as services
from longmark.sboms.services.documents import add_document
from tests.sboms.samples import a_bom, a_library, many, the_drive
from tests.world import NINE, a_release


@pytest.fixture
def document(db) -> Document:
    return add_document(a_release(), the_drive(), filename="drive.json", actor=SYSTEM, now=NINE)


def a_draft(**changes) -> services.Draft:
    said = {
        "sender": "Petra Holm",
        "supplier": "Fieldlink Systems Oy",
        "contact": "Aino",
        "due_on": date(2026, 12, 31),
        "language": "en",
        "profile": "bsi-2.1.0",
    }
    return services.Draft(**{**said, **changes})


def test_a_report_is_kept_whole(document, django_assert_num_queries):
    made = services.judge(document, now=NINE)

    with django_assert_num_queries(1):
        assert services.judge(document, now=NINE) == made


def test_a_report_by_older_rules_is_made_anew(document):
    services.judge(document, now=NINE)
    KeptReport.objects.update(data_version="0", content=b"of another shape")

    assert services.judge(document, now=NINE).profiles
    assert KeptReport.objects.get().data_version != "0"


def test_the_summary_of_many_documents_is_one_query(document, django_assert_num_queries):
    services.judge(document, now=NINE)

    with django_assert_num_queries(1):
        found = judging.summaries([document.digest, "f" * 64])
    assert set(found) == {document.digest}
    assert 0 <= found[document.digest]["bsi-2.1.0"]["score"] <= 100


def test_a_request_keeps_what_was_sent(document, now):
    report = services.judge(document, now=now)
    sent = services.record_request(document, a_draft(), report, actor=SYSTEM, now=now)

    letter = ledger.blob_bytes(sent.digest).decode()
    listed = orjson.loads(ledger.blob_bytes(sent.list_digest))
    assert (sent.number, listed["number"]) == ("SR-2026-0001", "SR-2026-0001")
    assert "SR-2026-0001" in letter
    assert document.digest in letter
    assert len(listed["demands"]) == sent.demand_count


def test_the_list_for_programs_holds_every_place(now, db):
    document = add_document(a_release(), many(40), actor=SYSTEM, now=now)
    report = services.judge(document, now=now)
    letter, listed = services.drafted(document, a_draft(), report)

    filename = next(each for each in letter.demands if each.rule == "tr2.c.filename")
    whole = next(each for each in listed["demands"] if each["rule"] == "tr2.c.filename")
    assert (len(filename.places), filename.unlisted_count) == (10, 30)
    assert len(whole["places"]) == 40


def test_numbers_count_up(document, now):
    report = services.judge(document, now=now)
    sent = [
        services.record_request(document, a_draft(), report, actor=SYSTEM, now=now)
        for _ in range(2)
    ]

    assert [each.number for each in sent] == ["SR-2026-0001", "SR-2026-0002"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"supplier": " "}, "supplier"),
        ({"language": "fi"}, "language"),
        ({"due_on": date(2026, 11, 1)}, "due_on"),
    ],
)
def test_a_request_that_cannot_be_sent_names_the_field(document, now, changes, field):
    report = services.judge(document, now=now)

    with pytest.raises(Invalid) as refused:
        services.record_request(document, a_draft(**changes), report, actor=SYSTEM, now=now)
    assert refused.value.field == field


def test_nothing_is_asked_if_nothing_is_missing(now, db):
    stated = {"supplier": {"name": "x"}, "hashes": [{"alg": "SHA-256", "content": "a" * 64}]}
    document = add_document(a_release(), a_bom(a_library("a", **stated)), actor=SYSTEM, now=now)
    report = services.judge(document, now=now)

    with pytest.raises(Refused, match="Nothing is missing"):
        services.record_request(
            document, a_draft(profile="matching"), report, actor=SYSTEM, now=now
        )


def test_an_outsider_asks_nobody(document, now, otto):
    report = services.judge(document, now=now)

    with pytest.raises(NotAllowed):
        services.record_request(document, a_draft(), report, actor=otto, now=now)


def test_letters_come_in_german(document, now):
    letter, _ = services.drafted(
        document, a_draft(language="de"), services.judge(document, now=now)
    )

    assert letter.regards == "Mit freundlichen Grüßen"


def test_text_of_a_document_is_no_markup_in_the_letter(now, db):
    hostile = a_bom(a_library("a`](https://evil.example)", purl="x"))
    document = add_document(a_release(), hostile, actor=SYSTEM, now=now)
    report = services.judge(document, now=now)
    sent = services.record_request(
        document, a_draft(profile="matching"), report, actor=SYSTEM, now=now
    )

    assert "a`](" not in ledger.blob_bytes(sent.digest).decode()


def test_an_unknown_profile_or_rule_is_not_found(document):
    report = services.judge(document, now=NINE)

    with pytest.raises(NotFound, match="no profile iso"):
        judging.profile_of(report, "iso")
    with pytest.raises(NotFound, match="no rule iso"):
        judging.rule_of(report.profiles[0], "iso")


def test_the_api_judges_a_document(document, caller):
    answer = caller(Role.VIEWER).get(f"/api/v1/sboms/{document.pk}/quality?profile=bsi-2.1.0")

    (profile,) = answer.json()["profiles"]
    assert profile["id"] == "bsi-2.1.0"
    assert {"path", "name", "version", "state"} == set(
        next(rule for rule in profile["rules"] if rule["lack_count"])["lacks"][0]
    )


def test_the_api_pages_through_lacks(caller, db):
    document = add_document(a_release(), many(30), actor=SYSTEM, now=NINE)
    path = f"/api/v1/sboms/{document.pk}/quality/lacks?profile=bsi-2.1.0&rule=tr2.c.filename"
    viewer = caller(Role.VIEWER)
    first = viewer.get(f"{path}&limit=20").json()
    second = viewer.get(f"{path}&limit=20&after={first['next']}").json()

    paths = [each["path"] for each in [*first["items"], *second["items"]]]
    assert len(set(paths)) == 30
    assert second["next"] is None
    assert viewer.get(f"{path}&after=x").status_code == 422


def test_the_api_drafts_and_records_a_request(document, caller):
    engineer = caller(Role.ENGINEER)
    body = {"supplier": "Fieldlink", "profile": "bsi-2.1.0"}
    base = f"/api/v1/sboms/{document.pk}"
    drafted = engineer.post(
        f"{base}/supplier-request-draft?form=markdown", body, "application/json"
    )
    sent = engineer.post(f"{base}/supplier-requests", body, "application/json")

    assert drafted.content.decode().startswith("# Request SBOM-")
    assert sent.status_code == 201
    assert engineer.get("/api/v1/supplier-requests").json()["items"] == [sent.json()]


def test_a_place_of_the_document_is_listed_too(db):
    document = add_document(a_release(), a_bom(a_library("a")), actor=SYSTEM, now=NINE)
    report = services.judge(document, now=NINE)
    rule = judging.rule_of(judging.profile_of(report, "bsi-2.1.0"), "tr2.s.timestamp")

    assert [each.path for each in lacks(report, rule)] == ["/"]
