"""Ranges of versions as people type them."""

import pytest

from longmark.core.errors import Invalid
from longmark.core.versions.asked import sorted_by, versions_asked

VERSIONS = ["1.9", "2.0.0", "2.3.1", "2.3.10", "2.4.0-rc1", "2.4.0", "2.10"]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("<2.4", ["1.9", "2.0.0", "2.3.1", "2.3.10", "2.4.0-rc1"]),
        ("< 2.4.0", ["1.9", "2.0.0", "2.3.1", "2.3.10", "2.4.0-rc1"]),
        (">=2.0 <2.3.10", ["2.0.0", "2.3.1"]),
        (">= 2.0, <= 2.3.10", ["2.0.0", "2.3.1", "2.3.10"]),
        ("≥2.4", ["2.4.0", "2.10"]),
        ("2.3.1", ["2.3.1"]),
        ("2.3.1; 2.10", ["2.3.1", "2.10"]),
        ("== 2.4", ["2.4.0"]),
        (">2.3.1 !=2.4.0", ["2.3.10", "2.4.0-rc1", "2.10"]),
        ("vers:generic/<2.0|>=2.10", ["1.9", "2.10"]),
        ("", VERSIONS),
    ],
)
def test_versions_lie_in_the_range_that_was_typed(text, inside):
    assert list(sorted_by(versions_asked(text), VERSIONS).inside) == inside


def test_hardware_revisions_are_in_the_order_of_letters():
    told = sorted_by(versions_asked(">=C <E"), ["B", "C", "D", "E"])

    assert (told.inside, told.outside, told.unclear) == (("C", "D"), ("B", "E"), ())


def test_a_version_that_has_no_order_among_the_bounds_is_unclear():
    told = sorted_by(versions_asked("<2.4"), ["prototype", "2.3"])

    assert (told.inside, told.unclear) == (("2.3",), ("prototype",))
    assert sorted_by(versions_asked("prototype"), ["prototype", "C"]).inside == ("prototype",)


@pytest.mark.parametrize("text", ["<", ">=2 <", "<2 && >1 (", "<<2", "a" * 500, "vers:x", "<=>2"])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(Invalid, match=r"is no range of versions: write <2\.4"):
        versions_asked(text)
