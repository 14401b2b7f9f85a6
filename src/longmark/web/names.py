"""What a component is looked up as and who says so, and what a name rule would do, for pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from longmark.catalog import queries as catalog
from longmark.core.identity.names import name_to_bar
from longmark.core.identity.rules import NameRule as Rule
from longmark.core.identity.rules import NameRuleKind
from longmark.findings.queries.previews import SHOWN, Pair, Preview
from longmark.intel.queries import vulnerabilities as intel
from longmark.names import queries as names
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.intel.models import Vulnerability
    from longmark.names.models import NameMap, NameRule
    from longmark.names.queries import Origin
    from longmark.sboms.models import Component


@dataclass(frozen=True)
class LookedUp:
    """One name that a component is looked up as: why, and where to say that it is wrong."""

    package: str
    version: str
    provenance: str
    doubt_href: str
    rule: "NameRule | None" = None
    map: "NameMap | None" = None


@dataclass(frozen=True)
class ComponentNames:
    """Under what a component is matched, and what people said of its names."""

    stated: tuple[str, ...]
    rows: tuple[LookedUp, ...]
    barred: tuple["NameRule", ...]
    correction: "NameRule | None"

    correct_query: str

    @property
    def query(self) -> str:
        """The start of a form about what it is called."""
        return urlencode({"stated": self.stated[0]})


def names_of(component: "Component") -> ComponentNames:
    """Return what a component is looked up as. Five queries at most."""
    stated = sboms.stated_names_of(component)
    held = list(_held(names.origins_of(stated), component.version))
    correction = next((one.rule for one, rule in held if _corrects(rule)), None)
    if correction:
        beyond = names.origins_of(correction.rule.corrected_names)
        held += [pair for pair in _held(beyond, component.version) if not _corrects(pair[1])]
    origins: dict[str, Origin] = {}
    for origin, rule in held:
        if rule.kind is NameRuleKind.KNOWN_AS:
            for package in rule.packages(component.version):
                origins.setdefault(package, origin)
    return ComponentNames(
        stated,
        tuple(_rows(component, stated[0], origins, correction)),
        tuple(one.rule for one, rule in held if one.rule and rule.kind is NameRuleKind.IS_NOT),
        correction,
        urlencode(
            {
                "stated": stated[0],
                "purl": component.purl.partition("@")[0],
                "cpes": "\n".join(component.cpes),
            }
        ),
    )


def _held(found: Mapping[str, list["Origin"]], version: str) -> Iterator[tuple["Origin", Rule]]:
    for target, origins in found.items():
        for one in origins:
            rule = one.rule.rule if one.rule else Rule("", NameRuleKind.KNOWN_AS, target)
            if rule.holds(version):
                yield one, rule


def _corrects(rule: Rule) -> bool:
    return rule.kind is NameRuleKind.CORRECTED


def _rows(
    component: "Component",
    stated: str,
    origins: Mapping[str, "Origin"],
    correction: "NameRule | None",
) -> Iterator[LookedUp]:
    for one in sboms.coordinates_of(component):
        origin = origins.get(one.package)
        rule = origin.rule if origin else None
        if one.provenance == "declared" and origin is None:
            rule = correction
        yield LookedUp(
            one.package,
            one.version,
            one.provenance,
            doubt_href(stated, one.package),
            rule,
            origin.map if origin else None,
        )


def doubt_href(stated: str, package: str) -> str:
    """Return the address at which one says that something is not what it is looked up as."""
    asked = urlencode({"stated": stated, "target": name_to_bar(package)})
    return f"{reverse('web:name-say', args=[NameRuleKind.IS_NOT.value])}?{asked}"


@dataclass(frozen=True)
class Moved:
    """A finding that would open or close."""

    release: "Release"
    vulnerability: "Vulnerability"


@dataclass(frozen=True)
class Told:
    """A preview with what it speaks of."""

    preview: Preview
    opened: tuple[Moved, ...]
    closed: tuple[Moved, ...]

    @property
    def unlisted_count(self) -> int:
        """How many findings would move beside those that are listed."""
        moved = len(self.preview.opened) + len(self.preview.closed)
        return moved - len(self.opened) - len(self.closed)

    @property
    def renamed(self) -> tuple[object, ...]:
        """The first components that would change."""
        return self.preview.renamed[:SHOWN]


def told(preview: Preview) -> Told:
    """Return a preview as a page shows it: the first findings, by name. Two queries."""
    shown = [*preview.opened[:SHOWN], *preview.closed[:SHOWN]]
    releases = catalog.releases_by_id({release_id for release_id, _ in shown})
    known = intel.vulnerabilities_by_id({vulnerability_id for _, vulnerability_id in shown})

    def moved(pairs: tuple[Pair, ...]) -> tuple[Moved, ...]:
        return tuple(Moved(releases[pair[0]], known[pair[1]]) for pair in pairs[:SHOWN])

    return Told(preview, moved(preview.opened), moved(preview.closed))
