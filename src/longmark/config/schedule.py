"""Which handler does which kind of job."""

from collections.abc import Mapping

from longmark.jobs.services import Handler

HANDLERS: Mapping[str, Handler] = {}
