"""The watched folder: lists that other systems put there are kept, looked at, and taken if so set.

A file is taken up when it looks the same at two looks and was not written to for some seconds. A
list whose profile is set so is taken without asking; any other waits for a person, as if dropped by
hand. The file goes to *done* or *refused* beside a report. Links, hidden files and names of files
that are still being written are passed over.
"""

import os
import stat
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import LongmarkError
from longmark.core.vocabulary import ImportState, WatchedState
from longmark.fleet.models import Import, ImportProfile, WatchedFile
from longmark.fleet.queries import reports
from longmark.fleet.services import imports, mapping
from longmark.fleet.services.looks import Advance, unwatched
from longmark.jobs import services as jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

TAKE_WATCHED = "fleet.take-watched-file"  # the kind of job that takes up one file
QUIET_SECONDS = 10
LOOK_LIMIT_FILES = 200
DONE, REFUSED = "done", "refused"

_GROWING = (".part", ".tmp", ".crdownload", ".filepart", "~")
_NAME_LIMIT = 200


def look(*, now: datetime) -> int:
    """Note what lies in the folder, ask for what lies still; return how many were asked for."""
    if not settings.IMPORT_FOLDER:
        return 0
    return sum(_note(path, now) for path in _lists(Path(settings.IMPORT_FOLDER)))


def _lists(folder: Path) -> "Iterator[Path]":
    """Yield regular files, oldest names first; no links, since they may lead anywhere."""
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)[:LOOK_LIMIT_FILES]
    except OSError:
        return
    for entry in found:
        is_list = entry.is_file(follow_symlinks=False) and not entry.name.startswith(".")
        if is_list and not entry.name.endswith(_GROWING) and len(entry.name) <= _NAME_LIMIT:
            yield Path(entry.path)


@transaction.atomic
def _note(path: Path, now: datetime) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    file, is_new = WatchedFile.objects.get_or_create(
        name=path.name,
        size_bytes=found.st_size,
        modified_ns=found.st_mtime_ns,
        defaults={"seen_at": now},
    )
    if is_new or now.timestamp() - found.st_mtime < QUIET_SECONDS:
        return False
    waiting = WatchedFile.objects.filter(pk=file.pk, state=WatchedState.SEEN)
    if not waiting.update(state=WatchedState.QUEUED):
        return False
    jobs.enqueue(TAKE_WATCHED, {"file_id": file.pk}, actor=SYSTEM, now=now)
    return True


def take_file(pk: int, *, advance: Advance = unwatched, actor: Actor, now: datetime) -> WatchedFile:
    """Keep a file of the folder as a list, take it if its profile says so, and put it away.

    A file that was changed or removed meanwhile is left alone, and noted anew if it is there.
    """
    file = WatchedFile.objects.select_related("source").get(pk=pk)
    path = Path(settings.IMPORT_FOLDER) / file.name
    if file.state != WatchedState.QUEUED or not _is_same(path, file):
        return file
    try:
        source = file.source or _received(path, actor=actor, now=now)
        WatchedFile.objects.filter(pk=pk).update(source=source)  # for who goes on after a kill
        if _is_taken_unasked(source):
            source = imports.apply_import(source, advance=advance, actor=actor, now=now)
    except LongmarkError as error:
        return _ended(file, path, None, str(error), now)
    return _ended(file, path, source, "", now)


def _is_same(path: Path, file: WatchedFile) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    is_same = (found.st_size, found.st_mtime_ns) == (file.size_bytes, file.modified_ns)
    return is_same and stat.S_ISREG(found.st_mode)


def _received(path: Path, *, actor: Actor, now: datetime) -> Import:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(descriptor, "rb") as content:
        return mapping.receive_list(content, filename=path.name, actor=actor, now=now)


def _is_taken_unasked(source: Import) -> bool:
    if source.state not in (ImportState.STAGED, ImportState.APPLYING) or not source.profile:
        return False
    return ImportProfile.objects.filter(name=source.profile, is_taken_unasked=True).exists()


def _ended(
    file: WatchedFile, path: Path, source: Import | None, reason: str, now: datetime
) -> WatchedFile:
    if source is None:
        state = WatchedState.REFUSED
    elif source.state == ImportState.APPLIED:
        state = WatchedState.TAKEN
    else:
        state = WatchedState.WAITING
    kept = _put_away(path, REFUSED if source is None else DONE, now)
    if source is not None and state is WatchedState.TAKEN:
        _write_report(kept.with_name(f"{kept.name}.report.csv"), source)
    elif reason:
        kept.with_name(f"{kept.name}.reason.txt").write_text(reason + "\n", encoding="utf-8")
    WatchedFile.objects.filter(pk=file.pk).update(
        state=state, source=source, reason=reason, ended_at=now
    )
    return WatchedFile.objects.get(pk=file.pk)


def _put_away(path: Path, where: str, now: datetime) -> Path:
    """Move a file beside the folder's others; the instant in front keeps equal names apart."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    kept = folder / f"{now:%Y%m%dT%H%M%S%f}-{path.name}"
    path.replace(kept)
    return kept


def _write_report(path: Path, source: Import) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(reports.report_csv(source))
