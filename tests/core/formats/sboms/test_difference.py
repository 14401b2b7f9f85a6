"""What changed between two lists of components."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.sboms.difference import (
    Aspect,
    Direction,
    Kind,
    Piece,
    difference,
    pairing_key,
    plain_difference,
)


def piece(name: str = "zlib", version: str = "1.2.12", **more) -> Piece:
    return Piece(key=f"name:/{name}", name=name, version=version, **more)


def kinds(found) -> list[tuple[str, str]]:
    return [(each.piece.name, each.kind.value) for each in found.changes]


@pytest.mark.parametrize(
    ("purl", "cpes", "group", "name", "key"),
    [
        ("pkg:npm/%40a/b@1?x=y#z", [], "", "b", "pkg:npm/@a/b"),
        ("pkg:generic/zlib", ["cpe:2.3:a:gnu:zlib:1:*:*:*:*:*:*:*"], "", "", "pkg:generic/zlib"),
        ("", ["cpe:2.3:a:gnu:zlib:1:*:*:*:*:*:*:*"], "", "zlib", "cpe:gnu:zlib"),
        ("not a purl", ["not a cpe"], "Org", "Zlib", "name:org/zlib"),
    ],
)
def test_the_pairing_key_forgets_the_version(purl, cpes, group, name, key):
    assert pairing_key(purl, cpes, group, name) == key


def test_what_came_and_what_went():
    found = difference([piece("a"), piece("b")], [piece("b"), piece("c")])

    assert kinds(found) == [("a", "removed"), ("c", "added")]
    assert found.same_count == 1


def test_a_new_version_says_which_way_it_went():
    (change,) = difference([piece(version="1.2.9")], [piece(version="1.2.12")]).changes

    assert (change.kind, change.aspects) == (Kind.CHANGED, (Aspect.VERSION,))
    assert change.direction is Direction.NEWER


def test_a_version_without_order_goes_no_known_way():
    (change,) = difference([piece(version="main")], [piece(version="")]).changes

    assert change.direction is Direction.UNKNOWN


def test_other_bytes_of_the_same_version_are_told():
    before = piece(hashes=frozenset({"SHA-256:aa"}))
    (change,) = difference([before], [piece(hashes=frozenset({"SHA-256:bb"}))]).changes

    assert change.aspects == (Aspect.HASH,)


def test_licence_and_supplier_are_told():
    before = piece(licence="MIT", supplier="A")
    (change,) = difference([before], [piece(licence="GPL-2.0-only", supplier="B")]).changes

    assert change.aspects == (Aspect.LICENCE, Aspect.SUPPLIER)


def test_two_versions_of_one_library_keep_their_own_partner():
    before = [piece(version="1.0"), piece(version="2.0")]
    found = difference(before, [piece(version="2.0"), piece(version="1.1")])

    assert [(e.before.version, e.after.version) for e in found.changes] == [("1.0", "1.1")]


def test_an_instance_keeps_its_place():
    before = [piece(version="1.0", path=("boot",)), piece(version="1.0", path=("app",))]
    after = [piece(version="1.1", path=("app",)), piece(version="1.0", path=("boot",))]
    (change,) = difference(before, after).changes

    assert change.piece.path == ("app",)


def test_one_instance_more_came():
    found = difference([piece()], [piece(), piece(path=("app",))])

    assert kinds(found) == [("zlib", "added")]


def test_a_difference_is_narrowed_by_kind_aspect_and_words():
    found = difference([piece("a"), piece("b", "1")], [piece("b", "2"), piece("c")])

    assert [e.piece.name for e in found.narrowed("version")] == ["b"]
    assert [e.piece.name for e in found.narrowed("", "C")] == ["c"]
    assert plain_difference(found, [])["counts"]["added"] == 1


pieces = st.lists(
    st.builds(
        piece,
        st.sampled_from("abc"),
        st.sampled_from(["", "1.0", "1.1", "x"]),
        path=st.sampled_from([(), ("boot",)]),
        licence=st.sampled_from(["", "MIT"]),
    ),
    max_size=8,
)


@given(pieces, pieces)
def test_every_piece_is_accounted_for_once(before, after):
    found = difference(before, after)

    changed = found.count(Kind.CHANGED)
    assert len(before) == found.same_count + changed + found.count(Kind.REMOVED)
    assert len(after) == found.same_count + changed + found.count(Kind.ADDED)


@given(pieces, st.randoms(use_true_random=False))
def test_the_order_of_a_list_changes_nothing(before, random):
    shuffled = list(before)
    random.shuffle(shuffled)

    assert difference(before, shuffled).changes == ()
