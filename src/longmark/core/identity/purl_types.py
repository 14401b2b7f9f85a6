"""Rules of purl types that the purl library does not know (the specification's type definitions).

What is no purl by them is refused only where nothing is matched by the type; elsewhere a slip in
an SBOM (``pkg:cargo/group/name``) must not cost a component its name.
"""

import re
from typing import Final

from packageurl import PackageURL

_NAMESPACE, _NAME, _VERSION = "namespace", "name", "version"

_FOLDED: Final = {
    "brew": (_NAMESPACE, _NAME),
    "oci": (_VERSION,),
    "otp": (_NAME,),
    "vscode-extension": (_NAMESPACE, _NAME, _VERSION),
    "yocto": (_NAMESPACE,),
}
_WITH_NAMESPACE: Final = frozenset(("swift", "vscode-extension"))
_WITHOUT_NAMESPACE: Final = frozenset(
    ("bazel", "chrome-extension", "cocoapods", "julia", "mlflow", "opam", "otp", "vcpkg")
)
_QUALIFIED: Final = {"julia": "uuid", "swid": "tag_id"}
_NAMES: Final = {
    "chrome-extension": re.compile(r"[a-p]{32}"),
    "cpan": re.compile(r"(?!.*::).+"),
}
_VERSIONS: Final = {"chrome-extension": re.compile(r"\d+(?:\.\d+){0,3}", re.ASCII)}


def by_type(found: PackageURL) -> PackageURL | None:
    """Return a purl as its type spells it, or ``None`` if it breaks a rule of its type."""
    stated = {field: getattr(found, field) for field in _FOLDED.get(found.type, ())}
    folded = found._replace(**{field: value.lower() for field, value in stated.items() if value})
    return folded if _keeps_the_rules(folded) else None


def _keeps_the_rules(found: PackageURL) -> bool:
    kind = found.type
    named = _NAMES.get(kind)
    versioned = _VERSIONS.get(kind)
    return not (
        (kind in _WITH_NAMESPACE and not found.namespace)
        or (kind in _WITHOUT_NAMESPACE and found.namespace)
        or (kind in _QUALIFIED and _QUALIFIED[kind] not in dict(found.qualifiers or {}))
        or (named and not named.fullmatch(found.name))
        or (versioned and found.version and not versioned.fullmatch(found.version))
    )
