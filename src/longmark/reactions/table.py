"""Every consequence in the system, on one page: what happened → what is done about it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from longmark.ledger.queries import SealedEntry
from longmark.reactions import consequences

Reaction = Callable[[SealedEntry, datetime], None]

REACTIONS: Mapping[str, Sequence[Reaction]] = {
    "catalog.combination-stated": [consequences.judge_units_of_item],
    "catalog.combination-withdrawn": [consequences.judge_units_of_item],
    "catalog.fits-allowed": [consequences.compose_units_of_releases],
    "catalog.parameters-defined": [consequences.recount_drift_of_set],
    "catalog.parameters-released": [consequences.recount_drift_of_release],
    "catalog.slot-defined": [consequences.compose_units_of_item],
    "findings.facts-added": [consequences.refresh_release],
    "findings.facts-reinstated": [consequences.refresh_release],
    "findings.facts-superseded": [consequences.refresh_release],
    "findings.facts-withdrawn": [consequences.refresh_release],
    "findings.settlement-restored": [consequences.refresh_release],
    "findings.settlement-set-aside": [consequences.refresh_release],
    "fleet.rma-closed": [consequences.tell_of_closed_rma],
    "fleet.rma-opened": [consequences.tell_of_opened_rma],
    "names.map-imported": [consequences.follow_map],
    "names.map-withdrawn": [consequences.follow_map],
    "names.rule-added": [consequences.follow_rule],
    "names.rule-withdrawn": [consequences.follow_rule],
    "sboms.sbom-added": [consequences.match_document, consequences.judge_document],
    "sboms.sbom-reinstated": [consequences.match_document],
    "sboms.sbom-superseded": [consequences.refresh_release],
    "sboms.sbom-withdrawn": [consequences.refresh_release],
    "intel.advisories-imported": [consequences.match_intake],
}
