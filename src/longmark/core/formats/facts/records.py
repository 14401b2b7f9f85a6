"""What every file of facts becomes once read, whichever tool wrote it.

Two kinds of facts are told apart. An *assertion* is what a build or a supplier says of one
vulnerability: patched, left out, not affected and why. The others say what the build did (which
files it compiled, which options it set) and leave the conclusion to the rules.

Nothing is concluded here but one thing: an assertion that clears without giving any reason is
read as *under investigation* (OpenVEX 0.2.0 § 2.3: ``not_affected`` needs a justification).
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from longmark.core.errors import Invalid

MAX_BYTES: Final = 64 * 2**20  # compile_commands.json of a kernel has up to 60 MB
MAX_ASSERTIONS: Final = 500_000  # a cve-check summary of a large image has 60,000
MAX_FILES: Final = 1_000_000  # a Linux tree has 80,000 files
MAX_OPTIONS: Final = 100_000  # a kernel configuration has 12,000
MAX_TEXT: Final = 2_000  # characters of any text that is kept
MAX_NAMES: Final = 50  # per assertion
DEFECTS_LISTED: Final = 100


class FactKind(StrEnum):
    """The kinds of file that are read."""

    CVE_CHECK = "cve-check"
    BUILDROOT = "buildroot"
    OPENVEX = "openvex"
    CYCLONEDX = "cyclonedx-vex"
    SPDX = "spdx-vex"
    COMPILED_FILES = "compiled-files"
    KERNEL_CONFIG = "kernel-config"
    BUILD_RULES = "build-rules"


class Asserted(StrEnum):
    """What an assertion says, in the words of VEX."""

    AFFECTED = "affected"
    UNDER_INVESTIGATION = "under_investigation"
    FIXED = "fixed"
    NOT_AFFECTED = "not_affected"


class Basis(StrEnum):
    """On what an assertion rests: a patch, a decision to leave it out, or an analysis (VEX)."""

    PATCH = "patch"
    EXCLUSION = "exclusion"
    VEX = "vex"


class FactsInvalid(Invalid):
    """The file cannot be taken as facts."""


class Named(msgspec.Struct, frozen=True, omit_defaults=True):
    """A component or product as a file names it; what is empty is not stated.

    ``names`` are alternatives. ``ref`` is an id within the SBOM ``serial``; an empty serial is
    the SBOM in which the assertion stands.
    """

    names: tuple[str, ...] = ()
    version: str = ""
    purl: str = ""
    cpes: tuple[str, ...] = ()
    ref: str = ""
    serial: str = ""


class Assertion(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a file says of one vulnerability and one component, or of the whole product.

    Without ``component`` it is about ``product``; without both about whatever the file was
    handed over for. ``pointer`` says where in the file it stands. ``note`` is the tool's own
    word for the reason, ``detail`` its text.
    """

    vulnerability: str
    status: Asserted
    basis: Basis
    pointer: str
    component: Named | None = None
    product: Named | None = None
    note: str = ""
    detail: str = ""
    at: datetime | None = None


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file of facts.

    ``files`` are source files that were compiled, by their path in the source tree; ``options``
    the options of a configuration that are set, without ``CONFIG_``; ``rules`` what each source
    file of a tree needs: alternatives, each a list of options. A file without alternatives is
    in the tree, and when it is built is not known.
    """

    kind: FactKind
    tool: str = ""
    made_at: datetime | None = None
    assertions: tuple[Assertion, ...] = ()
    files: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    rules: dict[str, tuple[tuple[str, ...], ...]] = {}
    tree_version: str = ""
    architecture: str = ""
    defects: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many facts it holds."""
        return len(self.assertions) or len(self.files) or len(self.options) or len(self.rules)


def shortened(text: str) -> str:
    """Return a text of bounded length, on one line."""
    return " ".join(text[:MAX_TEXT].split())


def reasoned(status: Asserted, *reasons: str) -> Asserted:
    """Return the status, or *under investigation* if it clears and gives no reason at all.

    >>> reasoned(Asserted.NOT_AFFECTED, "", "")
    <Asserted.UNDER_INVESTIGATION: 'under_investigation'>
    """
    if status is Asserted.NOT_AFFECTED and not any(reason.strip() for reason in reasons):
        return Asserted.UNDER_INVESTIGATION
    return status


def refuse_many(count: int, limit: int, what: str) -> None:
    """Refuse a file that holds more than is read.

    Raises:
        FactsInvalid: ``count`` is above ``limit``.
    """
    if count > limit:
        raise FactsInvalid(
            "The file names more than {limit} {what}; that is no honest file.",
            limit=f"{limit:,}",
            what=what,
        )
