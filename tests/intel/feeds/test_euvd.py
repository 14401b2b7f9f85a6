"""EUVD: its ids, what it says is exploited, what changed."""

from datetime import date, timedelta

import orjson
import pytest

from longmark.core.errors import Refused
from longmark.intel.models import Advisory, EuvdId, Signal
from longmark.intel.queries import feeds as queries
from longmark.intel.queries import vulnerabilities
from longmark.intel.tasks import euvd as tasks
from tests.intel.records import feed, nvd, take
from tests.world import NINE

pytestmark = pytest.mark.django_db

LATER = NINE + timedelta(hours=2)
IDS = b"euvd_id,cve_id\nEUVD-2025-1,CVE-2025-0001\nEUVD-2025-2,CVE-2025-0002\n"


def item(number, *, aliases=None, updated="Nov 23, 2026, 7:00:16 AM", since=None):
    named = f"CVE-2025-000{number}\n" if aliases is None else aliases
    document = {"id": f"EUVD-2025-{number}", "dateUpdated": updated, "aliases": named}
    return document | ({"exploitedSince": since} if since else {})


@pytest.fixture
def database(source):
    """Serve ids and a list of records as EUVD does."""
    served: list = []

    def search(query):
        found = [one for one in served if "exploited" not in query or one.get("exploitedSince")]
        first = int(query["page"]) * int(query["size"])
        return orjson.dumps(
            {"items": found[first : first + int(query["size"])], "total": len(found)}
        )

    source.publish("/api/search", search)
    source.publish("/api/dump/cve-euvd-mapping", IDS)
    return served


@pytest.fixture
def followed(source, runner, database):
    database += [item(1, since="Nov 1, 2026, 12:00:00 AM"), item(2)]
    runner.follow("euvd", f"{source.url}/api")


def state(now=NINE):
    return queries.feed_state("euvd", now)


def exploited():
    return list(Signal.objects.filter(kind="euvd", ended_at=None).values_list("identifier"))


def test_ids_records_and_exploitation_are_taken(runner, followed):
    run = runner.run("euvd")

    assert run.state == "done"
    assert EuvdId.objects.count() == 2
    assert exploited() == [("CVE-2025-0001",)]
    assert vulnerabilities.vulnerability("CVE-2025-0001").exploited_on == date(2026, 11, 1)
    assert (state().health, state().feed.upstream_count) == ("fresh", 2)


def test_vulnerability_is_found_by_its_european_id_though_only_the_list_names_it(
    runner, followed, database, tmp_path
):
    database.clear()
    take(feed(nvd("CVE-2025-0002")), tmp_path)
    runner.run("euvd")

    found = vulnerabilities.vulnerability("euvd-2025-2")

    assert found.name == "CVE-2025-0002"
    assert vulnerabilities.aliases_of(found) == ["CVE-2025-0002", "EUVD-2025-2"]


def test_weakness_without_cve_is_known_by_its_european_id(runner, followed, database):
    database.append(item(7, aliases="", since="Nov 2, 2026, 12:00:00 AM"))

    runner.run("euvd")

    assert vulnerabilities.vulnerability("EUVD-2025-7").exploited_on == date(2026, 11, 2)


def test_exploitation_that_is_taken_back_is_ended_and_kept(runner, followed, database):
    runner.run("euvd")
    database[0] = item(1, updated="Nov 24, 2026, 9:30:00 AM")

    runner.run("euvd", now=LATER)

    assert exploited() == []
    assert Signal.objects.get().ended_at is not None
    assert vulnerabilities.vulnerability("CVE-2025-0001").exploited_on is None


def test_older_record_does_not_take_exploitation_back(runner, followed, database):
    runner.run("euvd")
    database[0] = item(1, updated="Nov 2, 2026, 9:30:00 AM")

    runner.run("euvd", now=LATER)

    assert exploited() == [("CVE-2025-0001",)]


def test_records_are_asked_for_from_the_day_before_the_last_run(source, runner, followed):
    runner.run("euvd")
    source.asked.clear()

    runner.run("euvd", now=NINE + timedelta(days=3))

    (asked,) = [one.query for one in source.asked if "fromUpdatedDate" in one.query]
    assert (asked["fromUpdatedDate"], asked["toUpdatedDate"]) == ("2026-11-23", "2026-11-27")


def test_pages_are_fetched_to_the_end(source, runner, followed, database, monkeypatch):
    monkeypatch.setattr(tasks, "PAGE_RECORDS", 2)
    database += [item(number) for number in range(3, 8)]

    runner.run("euvd")

    pages = [one.query["page"] for one in source.asked if "fromUpdatedDate" in one.query]
    assert pages == ["0", "1", "2", "3"]
    assert Advisory.objects.count() == 7


def test_list_of_ids_that_fails_does_not_stop_the_rest(source, runner, followed):
    del source.files["/api/dump/cve-euvd-mapping"]

    with pytest.raises(Refused, match="404"):
        runner.run("euvd")

    assert exploited() == [("CVE-2025-0001",)]


def test_own_user_agent_is_sent(source, runner, followed):
    runner.run("euvd")

    assert {one.headers["user-agent"].partition("/")[0] for one in source.asked} == {"Longmark"}


@pytest.mark.parametrize("answer", [b"<html>", b'{"content": []}', b"[]"])
def test_answer_of_another_shape_is_kept_and_refused(source, runner, followed, answer):
    source.publish("/api/search", answer)

    with pytest.raises(Refused, match="another shape"):
        runner.run("euvd")


def test_line_without_both_ids_is_refused_alone(source, runner, followed):
    source.publish("/api/dump/cve-euvd-mapping", IDS + b"EUVD-2025-9,\n")

    run = runner.run("euvd")

    assert queries.counts_of([run])[run.pk].refused == 1
    assert EuvdId.objects.count() == 2
