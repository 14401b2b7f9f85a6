"""Which parts are inside each release of the demo company, read from ``firmware.toml``."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

FACTS = files("longmark.demo") / "data"


@dataclass(frozen=True, slots=True)
class Part:
    """Something that SBOMs name. ``needs`` are the keys of other parts."""

    key: str
    name: str
    kind: str
    licence: str
    group: str = ""
    supplier: str = "Tallgrass Drives, Inc."
    cpe: str = ""
    purl: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inside:
    """A part inside a release: its version, if the list states one, and what was patched in it."""

    part: Part
    version: str | None
    patches: tuple[str, ...] = ()
    assembly: str = ""

    @property
    def ref(self) -> str:
        """What other parts of the same list call it."""
        return f"{self.part.key}@{self.version or 'unstated'}"

    @property
    def purl(self) -> str:
        """The package URL, without a version if none is stated."""
        kind = self.part.purl or "generic"
        group = f"{self.part.group}/" if self.part.group else ""
        version = f"@{self.version}" if self.version else ""
        return f"pkg:{kind}/{group}{quote(self.part.name, safe='')}{version}"

    @property
    def cpe(self) -> str:
        """The CPE 2.3 name, or nothing for parts that nobody else names."""
        if not self.part.cpe:
            return ""
        return f"cpe:2.3:{self.part.cpe}:{self.version or '*'}:*:*:*:*:*:*:*"


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill of materials: of which release, about what of it, and what it lists."""

    item: str
    release: str
    label: str
    parts: tuple[Inside, ...]

    @property
    def name(self) -> str:
        """What the document is called."""
        return f"{self.item} {self.release} {self.label}"


@dataclass(frozen=True, slots=True)
class Firmware:
    """An item with releases that have parts: ages in days, oldest first; bills by release."""

    item: str
    ages: Mapping[str, int]
    bills: Mapping[str, Sequence[Bill]] = field(default_factory=dict)

    @property
    def releases(self) -> tuple[str, ...]:
        return tuple(self.ages)


@cache
def firmware() -> Mapping[str, Firmware]:
    """Return all items with parts, by name."""
    table = tomllib.loads(FACTS.joinpath("firmware.toml").read_text("utf-8"))
    parts = {key: _part(key, row) for key, row in table.pop("parts").items()}
    return {item: _firmware(item, row, parts) for item, row in table.items()}


def _part(key: str, row: Mapping[str, Any]) -> Part:
    return Part(key=key, **{**row, "needs": tuple(row.get("needs", ()))})


def _firmware(item: str, row: Mapping[str, Any], parts: Mapping[str, Part]) -> Firmware:
    ages: Mapping[str, int] = row["releases"]
    silent = set(row.get("without_sbom", ()))
    bills = {
        release: tuple(
            Bill(item, release, label, _inside(keys, release, row, parts))
            for label, keys in row["documents"].items()
        )
        for release in ages
        if release not in silent
    }
    return Firmware(item, ages, bills)


def _inside(
    keys: Sequence[str], release: str, row: Mapping[str, Any], parts: Mapping[str, Part]
) -> tuple[Inside, ...]:
    unstated = row.get("without_version", {})
    assembly_of = {key: name for name, held in row.get("assemblies", {}).items() for key in held}
    return tuple(
        Inside(
            parts[key],
            None
            if release in unstated.get(key, ())
            else _version_in(release, row["versions"][key], tuple(row["releases"])),
            tuple(row.get("patches", {}).get(key, {}).get(release, ())),
            assembly_of.get(key, ""),
        )
        for key in keys
    )


def _version_in(release: str, steps: Mapping[str, str], releases: Sequence[str]) -> str:
    """Return the version of the last step at or before a release."""
    reached = releases[: releases.index(release) + 1]
    return next(steps[each] for each in reversed(reached) if each in steps)
