"""The tables of the fleet, by subject; Django and everyone in the fleet look for them here."""

from longmark.fleet.models.composition import Mismatch, Waiver
from longmark.fleet.models.conflicts import Conflict
from longmark.fleet.models.imports import (
    Import,
    ImportProfile,
    Refusal,
    Transcript,
    WatchedFile,
)
from longmark.fleet.models.lives import (
    ENDING_KINDS,
    EVIDENCE,
    Bitemporal,
    Census,
    Configuration,
    ConfigurationMember,
    Custody,
    Event,
    Installation,
    ParameterSet,
    Unit,
    UnitAlias,
    believed,
    known,
)
from longmark.fleet.models.parameters import ParameterDrift, ParameterSnapshot
from longmark.fleet.models.pasts import (
    PastBuild,
    PastChange,
    PastLook,
    PastLookMember,
    PastUnit,
)
from longmark.fleet.models.photos import Photo
from longmark.fleet.models.returns import Rma
from longmark.fleet.models.totals import CensusKeeper, CensusTotal

__all__ = [
    "ENDING_KINDS",
    "EVIDENCE",
    "Bitemporal",
    "Census",
    "CensusKeeper",
    "CensusTotal",
    "Configuration",
    "ConfigurationMember",
    "Conflict",
    "Custody",
    "Event",
    "Import",
    "ImportProfile",
    "Installation",
    "Mismatch",
    "ParameterDrift",
    "ParameterSet",
    "ParameterSnapshot",
    "PastBuild",
    "PastChange",
    "PastLook",
    "PastLookMember",
    "PastUnit",
    "Photo",
    "Refusal",
    "Rma",
    "Transcript",
    "Unit",
    "UnitAlias",
    "Waiver",
    "WatchedFile",
    "believed",
    "known",
]
