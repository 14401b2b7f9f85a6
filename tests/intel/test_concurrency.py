"""Two files at once: what both bring is written once."""

import threading
from pathlib import Path

import pytest
from django.db import connection

from longmark.core.formats.advisories import batches
from longmark.intel.models import Advisory, Alias, Intake, Vulnerability
from tests.intel.records import archive, osv, take

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_files_with_the_same_records_can_be_taken_at_once(tmp_path: Path, monkeypatch):
    if connection.vendor == "sqlite":
        # Two at once is what the test is about; PostgreSQL's half of the suite runs it.
        pytest.skip("SQLite has one writer; its in-memory test database cannot be shared.")
    monkeypatch.setattr(batches, "BATCH_RECORDS", 5)
    files = [
        archive(*(osv(f"GHSA-{n}", aliases=[f"CVE-2024-{n:04}"]) for n in order))
        for order in (range(60), reversed(range(60)))
    ]
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            take(files[number], tmp_path, filename=f"{number}.zip")
        except Exception as error:  # noqa: BLE001 the thread's failure is the test's
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert Advisory.objects.count() == Vulnerability.objects.filter(merged_into=None).count() == 60
    assert Alias.objects.count() == 120
    assert sum(one.added_count for one in Intake.objects.all()) == 60
