"""Files read in a process of their own come to the same as files read here."""

import lzma
import os
import signal
import subprocess
from pathlib import Path

import pytest

from longmark.core.errors import Invalid
from longmark.core.formats.advisories import batches
from longmark.core.formats.advisories.detection import Format
from longmark.intel.models import Advisory, Intake
from longmark.intel.services import reading
from tests.intel.records import archive, feed, nvd, osv, take


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is large enough for a process of its own."""
    monkeypatch.setattr(reading, "APART_BYTES", 0)


def put(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


RECORDS = archive(osv("GHSA-1", summary="Grüße \u0000"), b"{", osv("GHSA-2"), osv("GHSA-3"))


@pytest.mark.parametrize("skip", [0, 2, 9])
def test_both_ways_read_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, skip: int):
    path = put(tmp_path, RECORDS)
    here = list(reading.readings(path, Format.OSV, skip=skip))
    monkeypatch.setattr(reading, "APART_BYTES", 0)

    assert list(reading.readings(path, Format.OSV, skip=skip)) == here
    assert sum(map(len, here)) == max(0, 4 - skip)


def test_every_batch_arrives(tmp_path: Path, apart: None):
    first, most = batches.FIRST_RECORDS, batches.BATCH_RECORDS
    growing = [first, 2 * first, 4 * first]
    count = sum(growing) + 2 * most + 1
    path = put(tmp_path, lzma.compress(feed(*(nvd(f"CVE-2024-{n:05}") for n in range(count)))))

    sizes = [len(batch) for batch in reading.readings(path, Format.NVD, skip=0)]

    assert sizes == [*growing, most, most, 1]


def test_a_file_that_breaks_off_says_so(tmp_path: Path, apart: None):
    content = lzma.compress(feed(*(nvd(f"CVE-2024-{n:05}") for n in range(3_000))))
    read = reading.readings(put(tmp_path, content[: len(content) // 2]), Format.NVD, skip=0)

    with pytest.raises(Invalid, match="broken"):
        list(read)


def test_a_reader_that_was_killed_is_no_end_of_the_file(
    tmp_path: Path, apart: None, monkeypatch: pytest.MonkeyPatch
):
    started: list[int] = []
    start = subprocess.Popen.__init__

    def noted(self: "subprocess.Popen[bytes]", *arguments: object, **others: object) -> None:
        start(self, *arguments, **others)  # type: ignore[arg-type]
        started.append(self.pid)

    monkeypatch.setattr(subprocess.Popen, "__init__", noted)
    count = batches.BATCH_RECORDS * 4
    path = put(tmp_path, lzma.compress(feed(*(nvd(f"CVE-2024-{n:05}") for n in range(count)))))
    read = reading.readings(path, Format.NVD, skip=0)
    next(read)
    os.kill(started[0], signal.SIGKILL)

    with pytest.raises(RuntimeError, match="before its end"):
        list(read)


@pytest.mark.django_db(transaction=True)
def test_what_was_read_apart_is_taken_in(tmp_path: Path, apart: None):
    take(RECORDS, tmp_path)

    assert set(Advisory.objects.values_list("record_id", flat=True)) == {
        "GHSA-1", "GHSA-2", "GHSA-3",
    }  # fmt: skip
    assert Intake.objects.get().refused_count == 1
