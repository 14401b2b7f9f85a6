"""Kinds of package, and what OSV has a place for."""

import pytest

from longmark.core.identity import package_of_osv
from longmark.core.identity.kinds import is_of_osv, kind_of, kinds_of_ecosystems


@pytest.mark.parametrize(
    ("package", "kind"),
    [
        ("pypi:jw-util", "pypi"),
        ("rpm:redhat:9:openssl", "rpm:redhat"),
        ("deb:unknown:unknown:zlib", "deb:unknown"),
        ("cpe:linux:linux_kernel", "linux-kernel"),
        ("cpe:linux:other", "cpe"),
        ("name:vendor:product", "name"),
        ("git:github.com/owner/repo", "git"),
        ("odd", "odd"),
        ("", ""),
    ],
)
def test_kind_is_the_first_part_and_the_distribution(package, kind):
    assert kind_of(package) == kind


@pytest.mark.parametrize("ecosystem", ["npm", "PyPI", "Go", "Debian", "Alpine", "AlmaLinux", "GIT"])
def test_what_an_ecosystem_holds_is_of_osv(ecosystem):
    (kind,) = kinds_of_ecosystems([ecosystem])

    assert is_of_osv(kind)
    assert kind_of(package_of_osv(f"{ecosystem}:12", "zlib")[0]) == kind
