"""What the question is about: a vulnerability or a component, and the releases it concerns."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from longmark.core.errors import Invalid, NotFound
from longmark.core.formats.advisories.records import Confidence
from longmark.core.matching import TO_DO, Verdict
from longmark.findings.queries import findings
from longmark.fleet.queries.reach import Asked
from longmark.impact.queries.silence import silent_releases
from longmark.intel.queries import vulnerabilities
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.findings.queries.findings import MatchedComponent
    from longmark.intel.models import Vulnerability
    from longmark.sboms.models import Component

COMPONENTS_LIMIT = 200


@dataclass(frozen=True)
class ReleaseConcerned:
    """A release that the subject concerns, how, and why in words."""

    release: "Release"
    verdict: Verdict
    confidence: Confidence
    components: tuple["Component", ...]
    sentence: str
    matched: tuple["MatchedComponent", ...] = ()

    @property
    def is_affected(self) -> bool:
        """Whether it is known to be affected, rather than not known to be unaffected."""
        return self.verdict is Verdict.AFFECTED


@dataclass(frozen=True)
class Subject:
    """A vulnerability, or components of one purl, with the releases concerned."""

    name: str
    title: str
    vulnerability: "Vulnerability | None"
    releases: tuple[ReleaseConcerned, ...]

    @property
    def asked(self) -> Asked:
        """What to ask the fleet: affected releases, and what is not known to be unaffected.

        A unit in doubt holds a release that cannot be judged, or an item of which a release is
        concerned and of which nobody knows which release sits in the unit.
        """
        affected = tuple(one.release.pk for one in self.releases if one.is_affected)
        doubtful = tuple(one.release.pk for one in self.releases if not one.is_affected)
        items = tuple({one.release.item_id: None for one in self.releases})
        return Asked(affected, items, doubtful)


def subject_of(text: str) -> Subject:
    """Return what ``text`` names: an id of a vulnerability, or a purl.

    Raises:
        Invalid: it is empty.
        NotFound: nothing of this name is known here.
    """
    if not text.strip():
        raise Invalid("Name a vulnerability (CVE-2020-11899) or a purl.", field="subject")
    if text.strip().startswith("pkg:"):
        return subject_of_component(text.strip())
    return subject_of_vulnerability(vulnerabilities.vulnerability(text))


def subject_of_vulnerability(vulnerability: "Vulnerability") -> Subject:
    """Return a vulnerability with the releases that it concerns, or may concern. Five queries."""
    concerned = [
        ReleaseConcerned(
            one.release,
            Verdict(one.finding.verdict),
            Confidence(one.finding.confidence),
            tuple(matched.component for matched in one.components),
            one.sentence,
            one.components,
        )
        for one in findings.releases_affected(vulnerability)
        if one.finding.verdict in TO_DO
    ]
    concerned += _silent(concerned)
    return Subject(vulnerability.name, vulnerability.headline, vulnerability, tuple(concerned))


def _silent(concerned: Sequence[ReleaseConcerned]) -> list[ReleaseConcerned]:
    """Return releases of the same items that no SBOM speaks for."""
    known = {one.release.pk for one in concerned}
    silent = silent_releases({one.release.item_id for one in concerned})
    return [
        ReleaseConcerned(
            release,
            Verdict.UNKNOWN,
            Confidence.LOW,
            (),
            _("{release} has no SBOM: nobody can tell what is in it.").format(release=release),
        )
        for releases in silent.values()
        for release in releases
        if release.pk not in known
    ]


def subject_of_component(purl: str) -> Subject:
    """Return the releases that contain components of this purl, and those that may.

    A purl without version means all versions of the package. Of a release without an SBOM nobody
    can tell, if another release of its item contains one.

    Raises:
        NotFound: no SBOM names it.
    """
    named = sboms.components_of_purl(purl, limit=COMPONENTS_LIMIT)
    if not named:
        raise NotFound("No SBOM here names {purl}.", purl=purl)
    title = ngettext("{count} component", "{count} components", len(named))
    return _subject_of(named, name=purl, title=title.format(count=len(named)))


def subject_of_one(component: "Component") -> Subject:
    """Return the releases that contain one component, and those that may. Two queries."""
    return _subject_of([component], name=str(component), title="")


def _subject_of(named: "Sequence[Component]", *, name: str, title: str) -> Subject:
    holders: dict[int, list[Component]] = defaultdict(list)
    releases = {}
    for component, release in sboms.releases_with_any(named):
        holders[release.pk].append(component)
        releases[release.pk] = release
    concerned = [
        ReleaseConcerned(
            release,
            Verdict.AFFECTED,
            Confidence.EXACT,
            tuple(holders[pk]),
            _("{release} contains {components}.").format(
                release=release,
                components=", ".join(sorted({str(one) for one in holders[pk]})),
            ),
        )
        for pk, release in releases.items()
    ]
    concerned += _silent(concerned)
    return Subject(name, title, None, tuple(concerned))
