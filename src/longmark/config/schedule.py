"""Which handler does which kind of job, and what is asked for from time to time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from longmark.connections.services import notes, pulls
from longmark.connections.tasks import noting, pulling
from longmark.findings.api import checking as checking_api
from longmark.findings.services import checking, exporting
from longmark.findings.services import handing_in as facts_services
from longmark.findings.tasks import matching as findings
from longmark.findings.tasks import reading
from longmark.fleet import tasks as fleet
from longmark.fleet.services import remembering, watching
from longmark.intel.services import bundles as bundle_services
from longmark.intel.services import feeds as feed_services
from longmark.intel.services import rereading
from longmark.intel.tasks import bundles, feeds, files
from longmark.jobs.services import Handler
from longmark.names import tasks as names
from longmark.precision import services as precision
from longmark.sboms.services import handing_in as sbom_services
from longmark.sboms.services import hardware, licences, quality

HANDLERS: Mapping[str, Handler] = {
    checking.CHECK_JOB: checking_api.check_kept,
    facts_services.DROPPED_JOB: reading.read_dropped,
    facts_services.FACTS_JOB: reading.read_facts,
    exporting.EXPORT_JOB: exporting.write_export,
    "findings.match-document": reading.match_document,
    "findings.match-everything": findings.match_everything,
    "findings.match-intake": findings.match_intake,
    "findings.match-release": findings.match_release,
    "findings.follow-names": findings.follow_names,
    "fleet.apply-import": fleet.apply_import,
    "fleet.look-at-import": fleet.look_at_import,
    "fleet.undo-import": fleet.undo_import,
    watching.TAKE_WATCHED: fleet.take_watched_file,
    "fleet.compose-anew": fleet.compose_anew,
    "fleet.judge-anew": fleet.judge_anew,
    "intel.import-advisory-file": files.import_advisory_file,
    rereading.REREAD_JOB: files.read_anew,
    bundle_services.EXPORT_JOB: bundles.export_bundle,
    bundle_services.IMPORT_JOB: bundles.import_bundle,
    "names.import-map": names.import_map,
    "sboms.derive-anew": findings.derive_anew,
    quality.JUDGE_JOB: quality.judge_kept,
    sbom_services.READ_JOB: reading.read_document,
}

FEED_HANDLERS: Mapping[str, Handler] = {
    "intel.run-feed": feeds.run_feed,
    pulls.PULL_JOB: pulling.pull,
    pulls.TRY_JOB: pulling.try_out,
    notes.WRITE_JOB: noting.write_notes,
}
"""Done beside all other work: who asks others waits for them most of the time, hours at first."""

PERIODIC: Sequence[Callable[[datetime], object]] = [
    # Other systems put lists of units into the watched folder whenever they like.
    lambda now: watching.look(now=now),
    # Advisories come every hour; each feed says when it is due.
    lambda now: feed_services.ask_for_due(now=now),
    # Units move every day; each connection says when it is due.
    lambda now: pulls.ask_for_due(now=now),
    # What is told other systems is tried until it stands there.
    lambda now: notes.ask_for_due(now=now),
    # SBOMs that came before licences were read, or were read by older rules.
    lambda now: licences.catch_up(),
    # SBOMs that came before hardware was read, or before as much of it was.
    lambda now: hardware.catch_up(),
    # Units that came before the census of the past was kept.
    lambda now: remembering.catch_up(),
    # What is not yet right, once a day, for its course over time.
    lambda now: precision.read_daily(now=now),
]
