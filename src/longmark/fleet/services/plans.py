"""Plans: how a list is to be read and understood, said by a person or recognised."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.headers import folded_header
from longmark.core.formats.sheets.mapping import ColumnMap, guessed_map, read_map
from longmark.core.formats.sheets.ready import READY, ready_map_for
from longmark.core.formats.sheets.tables import FOUND_OUT, How
from longmark.fleet.models import Import, ImportProfile


@dataclass(frozen=True)
class Plan:
    """How a list is to be read; a map of ``None`` is to be recognised by the headers.

    ``profile`` is the name of the profile that the map comes from.
    """

    how: How = FOUND_OUT
    column_map: ColumnMap | None = None
    profile: str = ""


RECOGNISE = Plan()


def plan_of(source: Import) -> Plan:
    """Return the plan by which a list was looked at last."""
    kept = read_map(source.column_map) if source.column_map else None
    return Plan(How(**source.how), kept, source.profile)


def how_as_json(how: How) -> dict[str, Any]:
    """Return what was said of a file, as it is kept."""
    return {name: said for name, said in asdict(how).items() if said}


def planned(name: str, how: How = FOUND_OUT) -> Plan:
    """Return the plan that a profile of this name stands for; an own one before a ready one.

    Raises:
        Invalid: there is none of this name.
    """
    profile = ImportProfile.objects.filter(name=name).first()
    if profile is not None:
        return Plan(how if how != FOUND_OUT else How(**profile.how), _map_of(profile), name)
    if any(ready.name == name for ready in READY):
        return Plan(how, None, name)
    known = [*ImportProfile.objects.order_by("name").values_list("name", flat=True)]
    raise Invalid(
        'There is no profile "{name}". Known: {known}.',
        field="profile",
        name=name,
        known=", ".join([*known, *(ready.name for ready in READY)]),
    )


def recognised(texts: Sequence[str], plan: Plan) -> tuple[ColumnMap, str]:
    """Return the map for a table with these headers, and the profile that it comes from.

    What a person said goes first, then the own profile that knows most of the headers, then a
    ready one, then what the headers say by themselves.
    """
    if plan.column_map is not None:
        return plan.column_map, plan.profile
    asked = next((ready for ready in READY if ready.name == plan.profile), None)
    if asked is not None:
        return asked.for_headers(texts), asked.name
    own = profile_for(texts)
    if own is not None:
        return _map_of(own), own.name
    ready = ready_map_for(texts)
    if ready is not None:
        return ready.for_headers(texts), ready.name
    return guessed_map(texts), ""


def profile_for(texts: Sequence[str]) -> ImportProfile | None:
    """Return the own profile all of whose headers are there; of several the one with most."""
    folded = {folded_header(text) for text in texts}
    fitting = [
        profile
        for profile in ImportProfile.objects.order_by("name")
        if profile.headers and folded.issuperset(profile.headers)
    ]
    return max(fitting, key=lambda profile: len(profile.headers), default=None)


def zone_of(column_map: ColumnMap) -> tzinfo:
    """Return the zone of clocks that state none.

    Raises:
        Invalid: there is no zone of this name.
    """
    if column_map.zone in ("", "UTC"):
        return UTC
    try:
        return ZoneInfo(column_map.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            'There is no zone "{zone}": write one as in Europe/Berlin.',
            field="zone",
            zone=column_map.zone,
        ) from None


def used_headers(texts: Sequence[str], column_map: ColumnMap) -> list[str]:
    """Return the headers of a table by which its map is recognised again: those it uses."""
    folded = {folded_header(text) for text in texts}
    return sorted(name for name in folded if column_map.columns.get(name))


def _map_of(profile: ImportProfile) -> ColumnMap:
    kept: Mapping[str, Any] = profile.column_map
    return read_map(kept)
