"""The tables of the fleet, by subject; Django and everyone in the fleet look for them here."""

from longmark.fleet.models.composition import Mismatch, Waiver
from longmark.fleet.models.lives import (
    ENDING_KINDS,
    EVIDENCE,
    Bitemporal,
    Census,
    Configuration,
    ConfigurationMember,
    Custody,
    Event,
    Import,
    Installation,
    ParameterSet,
    Refusal,
    Unit,
    UnitAlias,
    believed,
    known,
)
from longmark.fleet.models.parameters import ParameterDrift, ParameterSnapshot
from longmark.fleet.models.totals import CensusTotal

__all__ = [
    "ENDING_KINDS",
    "EVIDENCE",
    "Bitemporal",
    "Census",
    "CensusTotal",
    "Configuration",
    "ConfigurationMember",
    "Custody",
    "Event",
    "Import",
    "Installation",
    "Mismatch",
    "ParameterDrift",
    "ParameterSet",
    "ParameterSnapshot",
    "Refusal",
    "Unit",
    "UnitAlias",
    "Waiver",
    "believed",
    "known",
]
