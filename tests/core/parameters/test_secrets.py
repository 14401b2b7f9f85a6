"""Secrets are kept as digests that nobody can guess without the key."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from longmark.core.life.events import parameters_digest, sorted_values
from longmark.core.parameters.definitions import Definition
from longmark.core.parameters.secrets import (
    is_digest,
    looks_secret,
    protected,
    secret_digest,
)

KEY = "a key of the installation"


def test_a_digest_depends_on_key_parameter_and_value() -> None:
    digests = {
        secret_digest("P9.1", "1234", KEY),
        secret_digest("P9.1", "1234", "another key"),
        secret_digest("P9.2", "1234", KEY),
        secret_digest("P9.1", "1235", KEY),
    }

    assert len(digests) == 4
    assert all(map(is_digest, digests))


def test_a_digest_is_not_that_of_the_bare_value() -> None:
    bare = {hashlib.sha256(f"{pin:04}".encode()).hexdigest() for pin in range(10_000)}

    assert secret_digest("P9.1", "1234", KEY).removeprefix("digest:") not in bare


def test_a_digest_is_not_digested_again() -> None:
    once = secret_digest("P9.1", "1234", KEY)

    assert secret_digest("P9.1", once, KEY) == once


def test_what_is_defined_as_secret_or_sounds_like_it_is_protected() -> None:
    known = {
        "P9.1": Definition("P9.1", is_secret=True),
        "Password length": Definition("Password length"),
    }
    values = {"p9.1": "1234", "Password length": "8", "WiFi PSK": "sesame", "P8.1": "open"}

    found = protected(values, known, key=KEY, titles={"P8.1": "Service PIN"})

    assert found.secrets == ("P8.1", "P9.1", "WiFi PSK")
    assert found.values["Password length"] == "8"
    assert not {"1234", "sesame", "open"} & set(found.values.values())


def test_words_that_only_contain_such_words_are_no_secrets() -> None:
    assert not looks_secret("Spindle speed", "Pinch valve")
    assert not looks_secret("Key pad lock timeout")


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8)), st.randoms())
def test_the_content_address_does_not_depend_on_order(values: dict[str, str], dice) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(values.items())
    dice.shuffle(shuffled)

    one = parameters_digest(sorted_values(protected(values, {}, key=KEY).values))
    other = parameters_digest(sorted_values(protected(dict(shuffled), {}, key=KEY).values))

    assert one == other
