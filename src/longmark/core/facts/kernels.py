"""Was this code of a Linux kernel built? What a compiler, a configuration and Makefiles prove.

Advisories of the kernel's CNA name the files in which a weakness lies (`programFiles`), by their
path in the mainline tree when it was fixed. Each rule below proves that one such file is not in
this kernel; a record is settled if that is proven of *every* file of code that it names.

Traps, and why each rule asks for so much:

* A file may have another name in an older kernel (``fs/smb/client`` was ``fs/cifs``). That it was
  not compiled under the new one proves nothing, unless the tree has it under that name.
* A header is compiled into whatever includes it. Headers never prove anything.
* A file that another one includes appears in no list. Kbuild maps say so of it.
* A list that is not whole proves nothing: without the files of every kernel it is not believed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import basename, dirname
from typing import Final

from longmark.core.facts.settlements import FILES_KEPT, RANKS, Rule

ALWAYS_BUILT: Final = frozenset(
    ("init/main.c", "kernel/fork.c", "kernel/sched/core.c", "fs/namei.c", "lib/vsprintf.c")
)
"""Files of every kernel since 3.3: a list that lacks one is not the list of a kernel."""

_CODE: Final = frozenset((".c", ".S", ".rs"))
_TEXTS: Final = ("Documentation/", "MAINTAINERS", "CREDITS")
_BUILD_TEXTS: Final = frozenset(("Kconfig", "Makefile", "Kbuild"))
_DEEP: Final = 4  # steps from which on the directory above is no general one, as drivers/net is

_SOURCES_OF: Final[Mapping[str, frozenset[str]]] = {
    "x86_64": frozenset(("x86",)),
    "i386": frozenset(("x86",)),
    "arm64": frozenset(("arm64", "arm")),
    "um": frozenset(("um", "x86")),
    "sparc64": frozenset(("sparc",)),
}
_KIN: Final = (
    ("drivers/accel/", "drivers/misc/habanalabs/"),
    ("drivers/comedi/", "drivers/staging/comedi/"),
    ("drivers/crypto/intel/", "drivers/crypto/qat/"),
    ("drivers/iommu/",),
    ("drivers/media/platform/",),
    ("drivers/net/phy/", "drivers/net/mdio/", "drivers/net/pcs/"),
    ("drivers/nvme/",),
    ("drivers/pmdomain/", "drivers/genpd/", "drivers/soc/"),
    ("drivers/ufs/", "drivers/scsi/ufs/"),
    ("drivers/usb/fotg210/", "drivers/usb/host/fotg210", "drivers/usb/gadget/udc/fotg210"),
    ("fs/netfs/", "fs/fscache/", "fs/cachefiles/"),
    ("fs/nfs_common/", "fs/nfs/", "fs/nfsd/", "fs/lockd/"),
    ("fs/resctrl/", "arch/x86/kernel/cpu/resctrl/"),
    ("fs/smb/", "fs/cifs/", "fs/ksmbd/", "fs/smbfs_common/"),
    ("lib/crypto/", "crypto/"),
    ("sound/hda/", "sound/pci/hda/"),
)
"""Directories between which code moved: where one was built, nothing is told of the others."""


@dataclass(frozen=True)
class Proof:
    """That the code of a record is not in this kernel: by which rule, and what was looked at."""

    rule: Rule
    detail: str
    documents: tuple[int, ...]


@dataclass(frozen=True)
class Config:
    """One kernel configuration of the release."""

    document: int
    options: frozenset[str]
    architecture: str
    version: str


@dataclass(frozen=True)
class Map:
    """What each file of one source tree needs."""

    document: int
    rules: Mapping[str, tuple[tuple[str, ...], ...]]
    version: str


class Kernel:
    """What is known of how one kernel was built.

    Several lists count together: what is in any of them was compiled. Several configurations must
    all leave a file out.
    """

    def __init__(
        self,
        *,
        compiled: Mapping[int, Iterable[str]],
        configs: Sequence[Config] = (),
        maps: Sequence[Map] = (),
    ) -> None:
        files = frozenset(path for listed in compiled.values() for path in listed)
        self.is_whole = files >= ALWAYS_BUILT
        self.files = files
        self.lists = tuple(compiled)
        self.configs = tuple(configs)
        self.maps = tuple(maps)
        self.folders = frozenset(map(dirname, files))
        self.names = frozenset(map(basename, files))
        self.beginnings = frozenset(start for path in files for start in _beginnings(path))
        self.architectures = self._architectures()

    def _architectures(self) -> frozenset[str]:
        """Return the directories below ``arch`` that may have been built; none if not known."""
        stated = [_SOURCES_OF.get(each.architecture, frozenset((each.architecture,)))
                  for each in self.configs if each.architecture]  # fmt: skip
        if stated and len(stated) == len(self.configs):
            return frozenset().union(*stated)
        if self.is_whole:
            below = (path.split("/") for path in self.files if path.startswith("arch/"))
            return frozenset(steps[1] for steps in below if len(steps) > 2)
        return frozenset()

    def absence(self, files: Collection[str]) -> Proof | None:
        """Return the proof that nothing of what a record names was built, if there is one.

        The weakest of the rules that are needed names the proof.
        """
        code = [path for path in sorted(set(files)) if not _is_text(path)]
        if not code:
            return None
        proofs: list[Proof] = []
        for path in code:
            proof = self._absent(path)
            if proof is None:
                return None
            proofs.append(proof)
        weakest = max(proofs, key=lambda proof: RANKS[proof.rule])
        details = dict.fromkeys(proof.detail for proof in proofs)
        documents = dict.fromkeys(number for proof in proofs for number in proof.documents)
        return Proof(weakest.rule, _listed(list(details)), tuple(documents))

    def _absent(self, path: str) -> Proof | None:
        if not path.endswith(tuple(_CODE)) or path.startswith("tools/") or path in self.files:
            return None
        return self._other_architecture(path) or self._unset(path) or self._uncompiled(path)

    def _other_architecture(self, path: str) -> Proof | None:
        steps = path.split("/")
        if steps[0] != "arch" or len(steps) < 3 or not self.architectures:
            return None
        if steps[1] in self.architectures:
            return None
        documents = tuple(each.document for each in self.configs) or self.lists
        return Proof(Rule.OTHER_ARCHITECTURE, path, documents)

    def _unset(self, path: str) -> Proof | None:
        """Every way to build the file must lack an option, in every configuration and tree."""
        if not self.configs or not self.maps:
            return None
        missing: dict[str, None] = {}
        for tree in self.maps:
            for config in self.configs:
                lacking = _lacking(tree.rules.get(path, ()), config.options)
                if not lacking:
                    return None
                missing.update(dict.fromkeys(lacking))
        options = ", ".join(f"CONFIG_{option}" for option in list(missing)[:FILES_KEPT])
        documents = (*(one.document for one in self.configs), *(one.document for one in self.maps))
        return Proof(Rule.NOT_CONFIGURED, f"{path} needs {options}", documents)

    def _uncompiled(self, path: str) -> Proof | None:
        if not self.is_whole:
            return None
        if self.maps:
            is_built_by_rule = all(tree.rules.get(path) for tree in self.maps)
            documents = (*self.lists, *(one.document for one in self.maps))
            return Proof(Rule.NOT_COMPILED, path, documents) if is_built_by_rule else None
        if self._may_be_elsewhere(path):
            return None
        return Proof(Rule.DIRECTORY_NOT_COMPILED, path, self.lists)

    def _may_be_elsewhere(self, path: str) -> bool:
        """Tell whether the code may have been compiled under another name, as far as is known.

        It may be in another file of its directory or its family of directories, in one of that
        name elsewhere, or in the one file that its directory grew out of (``futex.c``).
        """
        folder = dirname(path)
        steps = folder.split("/")
        family = "/".join(steps[:_DEEP])
        if family in self.folders or basename(path) in self.names:
            return True
        if len(steps) >= _DEEP and dirname(family) in self.folders:
            return True
        if f"{steps[-1]}.c" in self.names:
            return True
        near = [f"{family}/", *(each for kin in _KIN if path.startswith(kin) for each in kin)]
        return not self.beginnings.isdisjoint(near)


def _beginnings(path: str) -> Iterator[str]:
    """Yield the directories above a file, and how its own name begins (for `_KIN`)."""
    end = path.find("/")
    while end >= 0:
        yield path[: end + 1]
        end = path.find("/", end + 1)
    yield path.partition("-")[0].partition(".")[0]


def _is_text(path: str) -> bool:
    return path.startswith(_TEXTS) or basename(path) in _BUILD_TEXTS or path.endswith(".rst")


def _lacking(chains: Iterable[Sequence[str]], options: frozenset[str]) -> tuple[str, ...]:
    """Return one option of each alternative that is not set; nothing if any may be fulfilled."""
    found: list[str] = []
    for chain in chains:
        unset = next((option for option in chain if option not in options), None)
        if unset is None:
            return ()
        found.append(unset)
    return tuple(found)


def _listed(details: Sequence[str]) -> str:
    return ", ".join(_shown(details))


def _shown(details: Sequence[str]) -> Iterator[str]:
    yield from details[:FILES_KEPT]
    if len(details) > FILES_KEPT:
        yield f"+{len(details) - FILES_KEPT}"
