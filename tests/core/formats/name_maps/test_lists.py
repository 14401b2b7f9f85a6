"""Lists in YAML: what maps are written in is read, everything else is refused with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.name_maps.lists import LIMIT_ITEMS, LIMIT_TEXT, ListInvalid, read_list


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b"- pkg:npm/nx", "pkg:npm/nx"),
        (b"  -   pkg:npm/nx   # a tool", "pkg:npm/nx"),
        (b"- pkg:npm/nx#sub", "pkg:npm/nx#sub"),
        (b"- 'pkg:npm/it''s'  # said so", "pkg:npm/it's"),
        (b'- "pkg:npm/\\u0061\\\\b"', "pkg:npm/a\\b"),
        (b"- cpe:2.3:a:treck:tcp\\/ip", "cpe:2.3:a:treck:tcp\\/ip"),
        ("- pkg:npm/größe".encode(), "pkg:npm/größe"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_an_item_is_read(written: bytes, text: str, end: bytes) -> None:
    content = end.join([b"\xef\xbb\xbf# head", b"---", b"purls:", b"", written, b"..."])

    assert read_list(content, key="purls") == [text]


@pytest.mark.parametrize("content", [b"purls:\n", b"purls: []\n", b"purls:   # none yet"])
def test_a_list_may_be_empty(content: bytes) -> None:
    assert read_list(content, key="purls") == []


@pytest.mark.parametrize(
    "hostile",
    [
        b"- &a [x]",
        b"- *a",
        b"- !!python/object/apply:os.system ['id']",
        b"- [[[[[[[[]]]]]]]]",
        b"- {a: b}",
        b"- a: b",
        b"- a:",
        b"- |",
        b"- >-",
        b"- - nested",
        b'- "open',
        b"- 'a' b",
        b"<<: *a",
        b"purls:",
        b"cpes:",
        b"%YAML 1.1",
        b"-",
        b"? x",
    ],
)
def test_whatever_is_no_plain_item_is_refused_with_its_line(hostile: bytes) -> None:
    with pytest.raises(ListInvalid, match="Line 3 "):
        read_list(b"purls:\n- pkg:npm/nx\n" + hostile + b"\n", key="purls")


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"---\n"])
def test_a_document_without_its_list_is_refused(content: bytes) -> None:
    with pytest.raises(ListInvalid, match='no list under "purls"'):
        read_list(content, key="purls")


@pytest.mark.parametrize("content", [b"- pkg:npm/nx\npurls:\n", b"other:\n- pkg:npm/nx\n"])
def test_an_item_without_its_key_is_refused(content: bytes) -> None:
    with pytest.raises(ListInvalid, match="Line 1 "):
        read_list(content, key="purls")


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ListInvalid, match="not UTF-8"):
        read_list(b"purls:\n- \xff\xfe\n", key="purls")


def test_a_long_line_is_refused_before_it_is_looked_at() -> None:
    line = b"- a" + b" " * 20 * 2**20 + b"b"

    with pytest.raises(ListInvalid, match="Line 2 is too long"):
        read_list(b"purls:\n" + line, key="purls")
    assert read_list(b"purls:\n- " + b"a" * (LIMIT_TEXT - 2), key="purls")


def test_too_many_items_are_refused() -> None:
    with pytest.raises(ListInvalid, match="More than"):
        read_list(b"purls:\n" + b"- a\n" * (LIMIT_ITEMS + 1), key="purls")


@given(st.lists(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]))))
def test_what_is_written_in_quotes_is_read_again(texts: list[str]) -> None:
    lines = ["purls:", *("- '{}'".format(text.replace("'", "''")) for text in texts)]

    assert read_list("\n".join(lines).encode(), key="purls") == texts


@given(st.binary())
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read_list(b"purls:\n- " + content, key="purls")
    except ListInvalid as invalid:
        assert str(invalid)
