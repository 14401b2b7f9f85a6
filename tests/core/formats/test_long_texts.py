"""Long texts of JSON are cut out while it is read, wherever the pieces end."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.long_texts import LongTexts, has_long_text

LONGEST = 20
TEXTS = st.text(st.sampled_from('ab"\\/\n\u00e9\u20ac\U0001f600'), max_size=60)
VALUES = st.recursive(
    TEXTS | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


class Dribble(io.BytesIO):
    """A file that comes in small pieces."""

    def __init__(self, content: bytes, size: int) -> None:
        super().__init__(content)
        self.size = size

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self.size)


def written(value: Any, *, is_ascii: bool) -> bytes:
    return json.dumps(value, ensure_ascii=is_ascii).encode()


@pytest.fixture(scope="module")
def little_kept() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("longmark.core.formats.long_texts.KEPT_BYTES", 1_000)
        yield


@given(VALUES, st.booleans(), st.integers(1, 30))
def test_what_is_short_stays_as_it_is(value: Any, is_ascii: bool, size: int):
    content = written(value, is_ascii=is_ascii)
    texts = LongTexts(Dribble(content, size), longest=10_000)

    assert b"".join(texts) == content
    assert texts.sizes == []


@given(VALUES, st.booleans(), st.integers(1, 30))
def test_what_is_cut_is_still_json_and_nothing_else_is_lost(value: Any, is_ascii: bool, size: int):
    content = written(value, is_ascii=is_ascii)
    taken: dict[int, bytes] = {}

    def put(number: int, part: bytes) -> None:
        taken[number] = taken.get(number, b"") + part

    texts = LongTexts(Dribble(content, size), longest=LONGEST, put=put)
    thin = b"".join(texts)
    for number, text in taken.items():
        assert len(text) == texts.sizes[number] > LONGEST
        thin = thin.replace(b'"%s"' % LongTexts.named(number).encode(), b'"%s"' % text)
    assert thin == content


@pytest.mark.usefixtures("little_kept")
@given(st.text(min_size=1_100, max_size=1_300), st.booleans(), st.integers(1, 700))
def test_the_beginning_of_a_cut_text_has_whole_characters(text: str, is_ascii: bool, size: int):
    content = written([text, "next"], is_ascii=is_ascii)
    texts = LongTexts(Dribble(content, size), longest=1_050)

    kept, after = json.loads(b"".join(texts))
    assert text.startswith(kept)
    assert after == "next"


@given(VALUES, st.integers(4, 40))
def test_a_long_text_is_never_overlooked(value: Any, longest: int):
    content = written(value, is_ascii=True)

    if not has_long_text(io.BytesIO(content), longest=longest):
        texts = LongTexts(io.BytesIO(content), longest=longest)
        assert b"".join(texts) == content


@pytest.mark.parametrize(
    ("content", "is_long"),
    [
        (b'["' + b"x" * 1_000 + b'"]', True),
        (b'["' + b'x\\"' * 300 + b'"]', True),
        (b'["' + b'","'.join([b"abc"] * 300) + b'"]', False),
    ],
    ids=["long", "with quotes", "many"],
)
def test_long_texts_are_told_from_many(content: bytes, is_long: bool):
    file = io.BytesIO(content)

    assert has_long_text(file, longest=100) is is_long
    assert file.tell() == 0
