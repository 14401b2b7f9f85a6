"""Dart's packages: Semantic Versioning whose build metadata counts.

Without a build < with one; builds compare like pre-releases: part by part, numbers below words.
"""

from typing import Final

from longmark.core.versions.semver import identifiers, semver_key

_NONE, _SOME = "0", "1"
_MARK: Final = "+"


def pub_key(version: str) -> str:
    """Return the key of a Dart package's version.

    >>> pub_key("1.0.0") < pub_key("1.0.0+9") < pub_key("1.0.0+a") < pub_key("1.0.1-dev")
    True
    """
    release, mark, build = version.partition(_MARK)
    return semver_key(release) + (_SOME + identifiers(build) if mark and build else _NONE)
