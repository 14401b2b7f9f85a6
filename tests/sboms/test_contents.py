"""Which kinds of package a release's SBOMs name."""

import pytest

from longmark.core.actors import SYSTEM
from longmark.core.identity.kinds import kind_of
from longmark.sboms.models import Coordinate
from longmark.sboms.queries.contents import package_kinds
from longmark.sboms.services.documents import add_document
from tests.findings.world import sbom_bytes
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db

PURLS = (
    "pkg:npm/left-pad@1.3.0",
    "pkg:npm/%40babel/core@7.0.0",
    "pkg:deb/debian/zlib@1.2.13?distro=debian-12",
    "pkg:deb/ubuntu/zlib@1.2.13?distro=ubuntu-22.04",
    "pkg:apk/zlib@1.2.13",
    "pkg:generic/linux@6.1",
)


@pytest.mark.parametrize("count", [1, 40])
def test_kinds_are_those_of_all_coordinates_for_one_query(count, django_assert_num_queries):
    release = a_release()
    many = [f"pkg:pypi/package-{number}@1.0" for number in range(count)]
    add_document(release, sbom_bytes(*PURLS, *many), actor=SYSTEM, now=NINE)

    with django_assert_num_queries(1):
        found = package_kinds(release)

    assert found == {kind_of(each) for each in Coordinate.objects.values_list("package", flat=True)}
    assert {"npm", "pypi", "deb:debian", "deb:ubuntu", "linux-kernel"} <= found


def test_release_without_an_sbom_names_none():
    release = a_release()
    add_document(release, sbom_bytes(*PURLS), actor=SYSTEM, now=NINE)

    assert package_kinds(a_release("9.9.9", item=release.item)) == set()
