"""Which handler does which kind of job."""

from collections.abc import Mapping

from longmark.intel import tasks as intel
from longmark.jobs.services import Handler

HANDLERS: Mapping[str, Handler] = {"intel.import-advisory-file": intel.import_advisory_file}
