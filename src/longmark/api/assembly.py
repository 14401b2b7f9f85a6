"""The API, put together from the routers of the contexts."""

from ninja import NinjaAPI

from longmark.accounts.api import router as accounts
from longmark.api.authentication import Caller
from longmark.api.differences import router as differences
from longmark.api.exports import router as exports
from longmark.api.labels import router as labels
from longmark.api.rmas import router as rmas
from longmark.api.search import router as search
from longmark.catalog.api.combinations import router as combinations
from longmark.catalog.api.items import router as catalog
from longmark.catalog.api.parameters import router as parameters
from longmark.connections.api import router as connections
from longmark.findings.api.checking import router as checking
from longmark.findings.api.explaining import router as explaining
from longmark.findings.api.facts import router as facts
from longmark.findings.api.findings import router as findings
from longmark.findings.api.names import router as name_previews
from longmark.fleet.api.conflicts import router as fleet_conflicts
from longmark.fleet.api.epcis import router as epcis
from longmark.fleet.api.holding import router as holding
from longmark.fleet.api.imports import router as fleet_imports
from longmark.fleet.api.mismatches import router as mismatches
from longmark.fleet.api.parameters import router as unit_parameters
from longmark.fleet.api.photos import router as photos
from longmark.fleet.api.units import router as fleet
from longmark.foundation.problems import answer_with_problems
from longmark.impact.api import router as impact
from longmark.intel.api.advisories import router as intel
from longmark.intel.api.bundles import router as bundles
from longmark.intel.api.coverage import router as coverage
from longmark.jobs.api import router as jobs
from longmark.ledger.api import router as ledger
from longmark.names.api import router as names
from longmark.parties.api import router as parties
from longmark.precision.api import router as precision
from longmark.sboms.api.documents import router as sboms
from longmark.sboms.api.hardware import router as hardware
from longmark.sboms.api.licences import router as licences
from longmark.sboms.api.lifespans import router as lifespans
from longmark.sboms.api.quality import router as quality
from longmark.sboms.api.unidentified import router as unidentified

DESCRIPTION = """
Everything that the pages do. Send a token: `Authorization: Bearer lm_…`.

Lists come in pages: `{items, next}`; send `next` as `after` to read on. Errors are problem
documents (RFC 9457). Send an `Idempotency-Key` with a `POST` that you may have to repeat.
Instants are RFC 3339 in UTC.
"""

api = NinjaAPI(
    title="Longmark",
    version="1",
    description=DESCRIPTION,
    auth=Caller(),
    urls_namespace="api",
    docs_url=None,
)
answer_with_problems(api)


for router in (
    catalog,
    parameters,
    combinations,
    parties,
    names,
    name_previews,
    sboms,
    quality,
    unidentified,
    hardware,
    licences,
    lifespans,
    intel,
    coverage,
    bundles,
    findings,
    checking,
    explaining,
    exports,
    differences,
    facts,
    fleet,
    photos,
    rmas,
    unit_parameters,
    mismatches,
    fleet_imports,
    fleet_conflicts,
    precision,
    holding,
    connections,
    epcis,
    labels,
    impact,
    ledger,
    jobs,
    search,
    accounts,
):
    api.add_router("", router)
