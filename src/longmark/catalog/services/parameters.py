"""Changes to what parameters are, and to the values of released sets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from longmark.accounts import queries as accounts
from longmark.catalog import entries
from longmark.catalog.models import Item, ParameterDefinition, Release, ReleasedParameters
from longmark.catalog.queries import parameters as queries
from longmark.core.actors import Action, Actor
from longmark.core.canonical import sha256_hex
from longmark.core.errors import NotFound, Refused
from longmark.core.formats.parameters.definitions import read_definitions, write_definitions
from longmark.core.formats.parameters.reading import read_parameters
from longmark.core.formats.parameters.records import FileFormat
from longmark.core.formats.parameters.writing import written
from longmark.core.life.events import parameters_digest, sorted_values
from longmark.core.parameters.definitions import Definition, checked, parameter_name
from longmark.core.parameters.differences import natural_key
from longmark.core.parameters.secrets import Protected, protected, secret_digest
from longmark.core.vocabulary import ItemKind
from longmark.ledger import services as ledger

NAMES_TOLD: Final = 50
FILENAME_LENGTH: Final = 250
CHUNK_ROWS: Final = 500


@dataclass(frozen=True)
class Defined:
    """What definitions did: how many are new, other than before, gone, or as they were."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    dropped: tuple[str, ...]
    unchanged_count: int

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is said anew."""
        return not (self.added or self.changed or self.dropped)


@dataclass(frozen=True)
class KeptFile:
    """What is kept of a file of values: all of it, or the set without its secrets."""

    content: bytes
    media_type: str
    is_rewritten: bool


@transaction.atomic(durable=True)
def define_parameters(
    item: Item,
    definitions: Sequence[Definition],
    *,
    since: Release | None = None,
    is_whole: bool = False,
    actor: Actor,
    now: datetime,
) -> Defined:
    """Say what parameters of a set are, from a release on; the same again changes nothing.

    ``is_whole``: parameters that are not among these are dropped from there on.

    Raises:
        Invalid: a definition contradicts itself.
        Refused: the item is no set of parameters, or the release is of another item.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    _require_set(item, since)
    stated = {each.name: each for each in map(_with_safe_default, map(checked, definitions))}
    known = queries.definitions_at(item, since) if since else _from_the_first(item)
    folded = {name.casefold(): name for name in known}
    stated = {
        spelt: replace(each, name=spelt)
        for each in stated.values()
        for spelt in [folded.get(each.name.casefold(), each.name)]
    }
    added = tuple(name for name in stated if name not in known)
    changed = tuple(name for name in stated if name in known and known[name] != stated[name])
    gone = tuple(sorted(known.keys() - stated.keys())) if is_whole else ()
    done = Defined(added, changed, gone, len(stated) - len(added) - len(changed))
    _put(item, [*(stated[name] for name in (*added, *changed))], gone, since, now)
    _tell(item, done, stated.values(), since, actor=actor, now=now)
    return done


@transaction.atomic(durable=True)
def drop_parameter(
    item: Item, name: str, *, since: Release | None = None, actor: Actor, now: datetime
) -> None:
    """Say that a set has a parameter no longer, from a release on.

    Raises:
        NotFound: it has none of this name then.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    _require_set(item, since)
    known = queries.definitions_at(item, since) if since else _from_the_first(item)
    spelt = parameter_name(name)
    if spelt not in known:
        raise NotFound("{item} has no parameter {name}.", item=item, name=spelt)
    _put(item, [], [spelt], since, now)
    _tell(item, Defined((), (), (spelt,), 0), [], since, actor=actor, now=now)


def read_and_define(
    item: Item,
    content: bytes,
    *,
    since: Release | None = None,
    is_whole: bool = False,
    actor: Actor,
    now: datetime,
) -> Defined:
    """Take a table of definitions.

    Raises:
        ParametersInvalid: the table cannot be taken; nothing of it is.
        Refused: as `define_parameters`.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    return define_parameters(
        item, read_definitions(content), since=since, is_whole=is_whole, actor=actor, now=now
    )


@transaction.atomic(durable=True)
def release_parameters(
    release: Release, content: bytes, *, filename: str = "", actor: Actor, now: datetime
) -> ReleasedParameters:
    """Take the values of a release of a parameter set; the same again changes nothing.

    The file is kept byte for byte, unless it holds secrets: then the set is kept, written anew
    with digests in their place.

    Raises:
        ParametersInvalid: the file cannot be read; nothing of it is kept.
        Refused: the release is of no set of parameters.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    _require_set(release.item, release)
    read = read_parameters(content)
    definitions = queries.definitions_at(release.item, release)
    safe = protected(read.values, definitions, key=settings.PARAMETER_KEY, titles=read.titles)
    digest = parameters_digest(sorted_values(safe.values))
    before = queries.released_parameters(release)
    if before is not None and before.digest == digest:
        return before
    kept = kept_file(content, read.format, safe)
    blob = ledger.store_blob(kept.content, media_type=kept.media_type, now=now)
    if before is not None:
        ReleasedParameters.objects.filter(pk=before.pk).update(superseded_at=now)
    try:
        with transaction.atomic():
            known = ReleasedParameters.objects.create(
                release=release,
                digest=digest,
                blob=blob,
                filename=filename[:FILENAME_LENGTH],
                format=read.format.value,
                values=dict(safe.values),
                secrets=list(safe.secrets),
                is_rewritten=kept.is_rewritten,
                count=len(safe.values),
                actor_name=actor.name,
                recorded_at=now,
            )
    except IntegrityError:
        raise Refused("Someone released values for {release} meanwhile.", release=release) from None
    told = entries.ParametersReleased(
        digest, blob, known.filename, known.count, list(safe.secrets), kept.is_rewritten
    )
    ledger.append(told, subject=release, actor=actor, now=now, blobs=[blob])
    return known


def kept_file(content: bytes, file_format: FileFormat, safe: Protected) -> KeptFile:
    """Return what may be kept of a file: itself, or its set without what is secret."""
    if not safe.secrets:
        return KeptFile(content, MEDIA_TYPES[file_format], False)
    rewritten = FileFormat.CSV if file_format is FileFormat.XLSX else file_format
    return KeptFile(written(safe.values, rewritten), MEDIA_TYPES[rewritten], True)


MEDIA_TYPES: Final[Mapping[FileFormat, str]] = {
    FileFormat.CSV: "text/csv",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.JSON: "application/json",
    FileFormat.XML: "application/xml",
    FileFormat.LINES: "text/plain",
}


def _require_set(item: Item, release: Release | None) -> None:
    if item.kind != ItemKind.PARAMETERS:
        raise Refused("{item} is a {kind}, not a set of parameters.", item=item, kind=item.kind)
    if release is not None and release.item_id != item.pk:
        raise Refused("{release} is no release of {item}.", release=release, item=item)


def _from_the_first(item: Item) -> dict[str, Definition]:
    """Return what is said to hold from the first release on."""
    rows = ParameterDefinition.objects.filter(item=item, superseded_at=None, from_key="")
    rows = rows.filter(is_dropped=False).order_by("order_key", "id")
    return {row.name: queries.definition_of(row) for row in rows}


def _with_safe_default(definition: Definition) -> Definition:
    if not definition.is_secret:
        return definition
    safe = secret_digest(definition.name, definition.default, settings.PARAMETER_KEY)
    return replace(definition, default=safe)


def _put(
    item: Item,
    said: Iterable[Definition],
    gone: Iterable[str],
    since: Release | None,
    now: datetime,
) -> None:
    """Write rows that begin at a release, in place of those that begin there already."""
    rows = [*((each, False) for each in said), *((Definition(name), True) for name in gone)]
    from_key = since.version_key if since else ""
    names = [each.name for each, _ in rows]
    known = ParameterDefinition.objects.filter(item=item, superseded_at=None, from_key=from_key)
    for first in range(0, len(names), CHUNK_ROWS):
        known.filter(name__in=names[first : first + CHUNK_ROWS]).update(superseded_at=now)
    ParameterDefinition.objects.bulk_create(
        [
            ParameterDefinition(
                item=item,
                name=each.name,
                order_key=natural_key(each.name),
                release=since,
                from_key=from_key,
                type=each.type.value,
                title=each.title,
                measured_in=each.measured_in,
                minimum=each.minimum,
                maximum=each.maximum,
                default=each.default,
                options=[list(option) for option in each.options],
                is_secret=each.is_secret,
                is_counter=each.is_counter,
                is_individual=each.is_individual,
                is_dropped=is_gone,
                recorded_at=now,
            )
            for each, is_gone in rows
        ],
        batch_size=CHUNK_ROWS,
    )


def _tell(
    item: Item,
    done: Defined,
    stated: Iterable[Definition],
    since: Release | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    if done.is_nothing:
        return
    manifest = sha256_hex("".join(write_definitions(stated)).encode())
    entry = entries.ParametersDefined(
        item.pk,
        since.pk if since else None,
        len(done.added),
        len(done.changed),
        len(done.dropped),
        [*done.added, *done.changed, *done.dropped][:NAMES_TOLD],
        manifest,
    )
    ledger.append(entry, subject=item, actor=actor, now=now)
