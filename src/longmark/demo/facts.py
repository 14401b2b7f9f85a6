"""What the builds of the Linux firmware say of themselves, since Finn hands their facts over too.

For each release: the report of cve-check, the configuration of the kernel, the list of files that
were compiled, and the map of the kernel's tree.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from longmark.core.formats.facts.kbuild import FORMAT, VERSION
from longmark.demo.parts import FACTS, Firmware, firmware
from longmark.demo.stage import Stage
from longmark.findings.services import facts

ITEM = "tg700-fw"
SINCE = ("4.0", "4.1", "4.2")
AFTER_NOON = timedelta(hours=1)
RECIPES = {"linux": "linux-yocto"}
PRODUCTS = {"linux": "linux_kernel"}
Json = dict[str, Any]


@dataclass(frozen=True)
class Kernel:
    """How the kernel is built: options, files that are compiled, what each file needs."""

    options: tuple[str, ...]
    compiled: tuple[str, ...]
    needs: dict[str, list[list[str]]]


@cache
def kernel() -> Kernel:
    """Return how the kernel of the drive is built."""
    lines = FACTS.joinpath("kernel.txt").read_text("utf-8").splitlines()
    rows = [(line[:1], line[2:]) for line in lines]
    options = tuple(row for mark, row in rows if mark == "=")
    files = [(mark, *row.partition(" ")[::2]) for mark, row in rows if mark in "+-"]
    compiled = tuple(path for mark, path, _needs in files if mark == "+")
    return Kernel(options, compiled, {path: _chains(needs) for _mark, path, needs in files})


def _chains(needs: str) -> list[list[str]]:
    return [chain.replace("*", "").split() for chain in needs.split("|")] if needs else []


def plan(stage: Stage) -> None:
    """Plan the facts of each release for an hour after its bills of materials."""
    made = firmware()[ITEM]
    for release in SINCE:
        at = stage.instant(made.ages[release], 12) + AFTER_NOON
        stage.plan(min(at, stage.now), partial(_add, stage, made, release))


def _add(stage: Stage, made: Firmware, release: str, at: datetime) -> None:
    for filename, content in written(made, release, at):
        facts.add_facts(
            stage.releases[ITEM, release],
            content,
            filename=filename,
            actor=stage.actor("finn"),
            now=at,
        )


def written(made: Firmware, release: str, at: datetime) -> Iterator[tuple[str, bytes]]:
    """Yield the files of one build with their names."""
    versions = {
        each.part.key: each.version or "" for bill in made.bills[release] for each in bill.parts
    }
    stem, version = f"{ITEM}-{release}", versions["linux"]
    yield (
        f"{stem}-cve-check.json",
        json.dumps(_cve_check(versions, release, at.year), indent=1).encode(),
    )
    yield f"{stem}-kernel.config", _config(version).encode()
    yield f"{stem}-compiled-files.txt", ("\n".join(kernel().compiled) + "\n").encode()
    rules = {"format": FORMAT, "version": VERSION, "tree_version": version}
    yield f"{stem}-kbuild-map.json", json.dumps(rules | {"files": kernel().needs}).encode()


def _cve_check(versions: dict[str, str], release: str, year: int) -> Json:
    """Return the report of an image: what was known in the years before its release."""
    issues: dict[str, list[Json]] = {}
    for said in tomllib.loads(FACTS.joinpath("facts.toml").read_text("utf-8"))["said"]:
        stated = {name: said[name] for name in ("status", "detail", "description") if name in said}
        known = [cve for cve in said["cves"] if _is_known(cve, said.get("since"), release, year)]
        issues.setdefault(said["part"], []).extend({"id": cve, **stated} for cve in known)
    packages = [
        {
            "name": RECIPES.get(part, part),
            "layer": "meta",
            "version": versions[part],
            "products": [{"product": PRODUCTS.get(part, part), "cvesInRecord": "Yes"}],
            "issue": listed,
        }
        for part, listed in issues.items()
    ]
    return {"version": "1", "package": packages}


def _is_known(cve: str, since: str | None, release: str, year: int) -> bool:
    return release >= since if since else int(cve[4:8]) < year


def _config(version: str) -> str:
    head = f"#\n# Linux/arm {version} Kernel Configuration\n#\n"
    return head + "".join(f"CONFIG_{option}=y\n" for option in kernel().options)
