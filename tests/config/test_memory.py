"""What large work leaves behind is given back, what is small is remembered."""

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
