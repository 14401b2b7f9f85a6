"""Documents that are handed in as advisories and belong elsewhere, and where that is."""

import re
from collections.abc import Iterable
from typing import Final

from longmark.core.formats.advisories.detection import PROBE_BYTES

_SBOM: Final = (
    "It is an SBOM: hand it over for a release, with `longmark sbom add` or on the release's page."
)
_VEX: Final = (
    "It is VEX, which is about a product: hand it over for a release, with `longmark facts add`"
    " or on the release's page."
)
_PLACES: Final = (
    (re.compile(rb'"@context"\s*:\s*"https?://openvex'), _VEX),
    (re.compile(rb'"bomFormat"\s*:(?=.*"components"\s*:)', re.DOTALL), _SBOM),
    (re.compile(rb'"bomFormat"\s*:'), _VEX),
    (re.compile(rb'"spdxVersion"\s*:|SPDXVersion:|spdx-context'), _SBOM),
    (
        re.compile(rb'"ghsa_id"\s*:|"ghsaId"\s*:'),
        "It is an advisory in the format of GitHub's API. The same one is published as OSV, in the"
        " advisory database of GitHub and by the feed osv: take that.",
    ),
    (
        re.compile(rb'"(?:public_openpgp_keys|metadata_version)"\s*:|"aggregator_version"\s*:'),
        "It says where a CSAF provider keeps its documents, and is none: follow the provider by"
        " its domain, with `longmark feed add-csaf DOMAIN` or on the page of the feeds.",
    ),
    (
        re.compile(rb'"feed"\s*:\s*\{.*"entry"\s*:', re.DOTALL),
        "It lists CSAF documents, and is none: follow the provider by its domain, with"
        " `longmark feed add-csaf DOMAIN` or on the page of the feeds.",
    ),
)


def proper_place(heads: Iterable[bytes]) -> str:
    """Return what a file is and where it belongs, as far as that can be told."""
    for head in heads:
        probe = head[:PROBE_BYTES]
        for mark, said in _PLACES:
            if mark.search(probe):
                return said
    return "The page of the feeds says where these come from."
