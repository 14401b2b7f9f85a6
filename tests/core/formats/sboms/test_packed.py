"""What is packed comes out as it went in, in order, as often as wanted."""

from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.sboms import ComponentEntry, Hash, Patch, packed
from longmark.core.formats.sboms.document import Link, Remarks
from longmark.core.formats.sboms.packed import Packed

FULL = ComponentEntry(
    ref="c1",
    name="zlib",
    version=None,
    purl="pkg:generic/zlib",
    cpes=("cpe:2.3:a:zlib:zlib:1.2:*:*:*:*:*:*:*",),
    hashes=(Hash("SHA-256", "ab"),),
    licences=("Zlib",),
    path=("fw", "lib"),
    patches=(Patch("backport", ("CVE-2022-37434",)),),
    within="c0",
    remarks=Remarks("d", "c", (Link("website", "https://zlib.example"),), (("a", "b"),)),
)


@given(st.lists(st.tuples(st.text(), st.text()), max_size=9), st.integers(1, 4))
def test_pairs_come_out_in_order(pairs: list[tuple[str, str]], batch: int):
    before, packed.BATCH_RECORDS = packed.BATCH_RECORDS, batch  # type: ignore[misc]
    try:
        kept = Packed(tuple[str, str])
        kept.extend(pairs)
    finally:
        packed.BATCH_RECORDS = before  # type: ignore[misc]

    assert (list(kept), list(kept), len(kept)) == (pairs, pairs, len(pairs))
    assert all(pair in kept for pair in pairs)
    assert ("neither", "of them", 7) not in kept


def test_a_component_comes_out_whole():
    kept = Packed(ComponentEntry)
    kept.extend([FULL] * (packed.BATCH_RECORDS + 1))

    assert set(kept) == {FULL}
    assert len(kept) == packed.BATCH_RECORDS + 1
