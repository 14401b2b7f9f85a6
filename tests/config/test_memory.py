"""What large work leaves behind is given back, what is small is remembered."""

import pytest

from longmark.config import memory
from longmark.core.identity.purl import parse_purl


def test_a_memory_that_has_grown_large_is_emptied_and_a_small_one_stays():
    for number in range(memory.KEPT_ENTRIES + 1):
        parse_purl(f"pkg:generic/part-{number}@1")
    memory.tidy_up()
    assert parse_purl.cache_info().currsize == 0

    parse_purl("pkg:generic/zlib@1")
    memory.tidy_up()
    assert parse_purl.cache_info().currsize == 1


def test_a_process_that_is_to_stay_small_maps_little_of_the_database(
    monkeypatch: pytest.MonkeyPatch,
):
    options: dict[str, str] = {"init_command": "PRAGMA foreign_keys=ON;"}
    monkeypatch.setattr(memory, "connections", fake := _Connections(options))

    memory.limit_database(cache_kb=100)

    assert "PRAGMA cache_size=-100" in options["init_command"]
    assert f"PRAGMA mmap_size={memory.MAPPED_KB << 10}" in options["init_command"]
    assert fake.are_closed


def test_another_database_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    options: dict[str, str] = {}
    monkeypatch.setattr(memory, "connections", _Connections(options))

    memory.limit_database(cache_kb=100)

    assert options == {}


class _Connections:
    def __init__(self, options: dict[str, str]) -> None:
        self.settings = {"default": {"OPTIONS": options}}
        self.are_closed = False

    def close_all(self) -> None:
        self.are_closed = True
