"""Whether an assertion means a component: references, purls, CPEs, plain names, versions."""

import pytest

from longmark.core.facts.naming import Part, agrees, means
from longmark.core.formats.facts import Named

KERNEL = Part(
    "linux-yocto",
    "5.10.120",
    cpes=("cpe:2.3:o:linux:linux_kernel:5.10.120:*:*:*:*:*:*:*",),
)
ZLIB = Part("zlib", "1.2.11", "pkg:generic/zlib@1.2.11", refs=frozenset((("aa-1", "z"),)))


@pytest.mark.parametrize(
    ("stated", "version", "is_one"),
    [
        ("", "1.0", True),
        ("1.0", "1.0", True),
        ("5.10.120+gitAUTOINC+1a2b3c4", "5.10.120", True),
        ("5.10.120", "5.10.120-yocto-standard", True),
        ("1.36.1-r0", "1.36.1", True),
        ("5.10.12", "5.10.120", False),
        ("5.10", "5.10.120", False),
        ("1.0", "", False),
        ("3.0.0", "3.0.0-alpha1", False),
    ],
)
def test_versions_are_one_but_for_what_a_build_added(
    stated: str, version: str, is_one: bool
) -> None:
    assert agrees(stated, version) is is_one


@pytest.mark.parametrize(
    ("named", "is_meant"),
    [
        (Named(purl="pkg:generic/zlib@1.2.11"), True),
        (Named(purl="pkg:generic/zlib"), True),
        (Named(purl="pkg:generic/zlib@1.2.12"), False),
        (Named(purl="pkg:npm/zlib@1.2.11"), False),
        (Named(names=("zlib",), version="1.2.11"), True),
        (Named(names=("ZLIB",)), True),
        (Named(names=("zlib-ng",)), False),
        (Named(cpes=("cpe:2.3:a:zlib:zlib:1.2.11:*:*:*:*:*:*:*",)), False),
        (Named(ref="z", serial="urn:uuid:AA-1"), True),
        (Named(ref="z", serial="bb-2"), False),
        (Named(ref="z", serial="aa-1", version="9"), False),
        (Named(), False),
    ],
)
def test_the_strongest_name_that_is_stated_must_agree(named: Named, is_meant: bool) -> None:
    assert means(named, ZLIB) is is_meant


def test_a_recipe_means_the_component_by_any_of_its_products() -> None:
    assert means(Named(names=("linux-tg700", "linux_kernel"), version="5.10.120"), KERNEL)
    assert means(Named(cpes=("cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*",)), KERNEL)


def test_a_reference_without_serial_is_one_into_the_sbom_where_it_stands() -> None:
    assert means(Named(ref="z"), ZLIB, serial="aa-1")
    assert not means(Named(ref="z"), ZLIB, serial="cc-3")
