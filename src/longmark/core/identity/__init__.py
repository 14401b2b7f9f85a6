"""Identity: what a purl, a CPE or a name stands for, and the keys under which it is matched."""

from longmark.core.identity.coordinates import Coordinate, coordinates
from longmark.core.identity.cpe import Cpe
from longmark.core.identity.names import NAMES_VERSION, stated_names
from longmark.core.identity.packages import (
    ecosystem_of,
    package_of_cpe,
    package_of_name,
    package_of_nobody,
    package_of_osv,
    package_of_purl,
    package_of_repository,
    package_scheme,
    tag_version,
)
from longmark.core.identity.products import ALIASES_VERSION, any_product_of
from longmark.core.identity.provenance import Provenance
from longmark.core.identity.purl import Purl, canonical_purl, parse_purl
from longmark.core.identity.rules import rules_of

__all__ = [
    "ALIASES_VERSION",
    "NAMES_VERSION",
    "Coordinate",
    "Cpe",
    "Provenance",
    "Purl",
    "any_product_of",
    "canonical_purl",
    "coordinates",
    "ecosystem_of",
    "package_of_cpe",
    "package_of_name",
    "package_of_nobody",
    "package_of_osv",
    "package_of_purl",
    "package_of_repository",
    "package_scheme",
    "parse_purl",
    "rules_of",
    "stated_names",
    "tag_version",
]
