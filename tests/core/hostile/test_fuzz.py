"""Whatever comes in is read or refused: every door, fed with damaged documents.

Without more the same 100 documents are sent through each door; ``LONGMARK_FUZZ`` is the number
of others, drawn anew with every run.
"""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.hostile.damage import damaged
from tests.core.hostile.doors import DOORS, known_good, passes

EXAMPLES = int(os.environ.get("LONGMARK_FUZZ", "100"))


@pytest.mark.parametrize(("name", "number", "content"), known_good())
def test_whole_documents_pass(name: str, number: int, content: bytes) -> None:
    assert passes(DOORS[name], content), f"{name} {number}"


@pytest.mark.parametrize("name", DOORS)
@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 2**48), steps=st.integers(1, 6), which=st.integers(0, 50))
def test_damaged_documents_are_read_or_refused(
    name: str, seed: int, steps: int, which: int
) -> None:
    door = DOORS[name]

    passes(door, damaged(door.samples[which % len(door.samples)], seed, steps))
