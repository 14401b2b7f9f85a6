"""Which handler does which kind of job."""

from collections.abc import Mapping

from longmark.findings import tasks as findings
from longmark.fleet import tasks as fleet
from longmark.intel import tasks as intel
from longmark.jobs.services import Handler

HANDLERS: Mapping[str, Handler] = {
    "findings.match-everything": findings.match_everything,
    "findings.match-intake": findings.match_intake,
    "findings.match-release": findings.match_release,
    "fleet.apply-import": fleet.apply_import,
    "fleet.compose-anew": fleet.compose_anew,
    "intel.import-advisory-file": intel.import_advisory_file,
}
