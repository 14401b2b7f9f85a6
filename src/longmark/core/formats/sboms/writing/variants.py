"""The variants of an export that say what is known to be wrong."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import orjson

from longmark.core.formats.sboms.writing.merging import serial_of
from longmark.core.formats.sboms.writing.release import (
    RELEASE,
    Completeness,
    Part,
    Piece,
    ReleaseBom,
    Variant,
    Vulnerability,
)


def with_vulnerabilities(
    bom: ReleaseBom,
    vulnerabilities: Sequence[Vulnerability],
    *,
    variant: Variant,
    parts: Sequence[Part] = (),
) -> ReleaseBom:
    """Return the release with its vulnerabilities; as a VDR, with nothing but these.

    The serial number follows what is said: the same inventory with other vulnerabilities is
    another document.
    """
    said = hashlib.sha256(orjson.dumps(list(_said(vulnerabilities)), default=str)).hexdigest()
    serial = serial_of(bom.about, bom.sources, parts, variant, said)
    whole = replace(bom, serial=serial, variant=variant, vulnerabilities=vulnerabilities)
    return _only_vulnerable(whole) if variant is Variant.VDR else whole


def _said(vulnerabilities: Sequence[Vulnerability]) -> Iterator[object]:
    for each in vulnerabilities:
        met = [[affect.piece, affect.status] for affect in each.affects]
        yield [each.name, each.state, each.modified_at, met]


def _only_vulnerable(bom: ReleaseBom) -> ReleaseBom:
    """Keep the release and the pieces that a vulnerability meets, side by side."""
    met = {affect.piece for each in bom.vulnerabilities for affect in each.affects}
    kept = [RELEASE, *sorted(met - {RELEASE})]
    renumbered = {old: new for new, old in enumerate(kept)}
    pieces = [_alone(bom.pieces[old], new) for old, new in renumbered.items()]
    pieces[RELEASE].children = list(range(1, len(pieces)))
    vulnerabilities = [
        replace(
            each,
            affects=tuple(
                replace(affect, piece=renumbered[affect.piece]) for affect in each.affects
            ),
        )
        for each in bom.vulnerabilities
    ]
    incomplete = Completeness(aggregate="incomplete", assemblies=(RELEASE,))
    return replace(
        bom, pieces=pieces, needs={}, completeness=[incomplete], vulnerabilities=vulnerabilities
    )


def _alone(piece: Piece, number: int) -> Piece:
    container = None if number == RELEASE else RELEASE
    return replace(piece, number=number, container=container, children=[])
