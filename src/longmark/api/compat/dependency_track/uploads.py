"""Taking BOMs and VEX documents, and telling when they have been worked off."""

from typing import TYPE_CHECKING, BinaryIO, Final

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from longmark.accounts import queries as accounts
from longmark.api.compat.dependency_track import answers, projects
from longmark.api.compat.dependency_track.identifiers import Kind, number_of, uuid_of
from longmark.api.compat.dependency_track.requests import Fields, document_in, fields_of
from longmark.catalog import services as catalog_services
from longmark.core.actors import Action
from longmark.core.errors import Invalid, NotFound
from longmark.core.formats.sboms import read_sbom
from longmark.foundation.actors import actor_of
from longmark.foundation.uploads import is_large, whole
from longmark.jobs import queries as jobs
from longmark.ledger import queries as ledger
from longmark.reactions.following import FOLLOWER
from longmark.sboms import queries as sboms
from longmark.sboms.services import documents, handing_in, statements

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.sboms.models import Document

LABEL: Final = "Dependency-Track API"
"""Marks the SBOM of a release that came this way: the next one takes its place."""

VEX_BYTES: Final = 8 << 20
"""Of a VEX document; a long one is kept as facts of the build."""

MAY_NOT_CREATE: Final = "The principal does not have permission to create project."


def take_bom(request: HttpRequest) -> HttpResponseBase:
    """Take a BOM for a project, which is created if the client asks for that."""
    actor, fields = actor_of(request), fields_of(request)
    accounts.require(actor, Action.ADD_SBOM)
    file, filename = document_in(request, fields, "bom")
    release = _project_in(fields)
    if release is None:
        if not fields.flag("autoCreate"):
            raise NotFound(answers.NO_PROJECT)
        if not accounts.may(actor, Action.CHANGE_CATALOG):
            return answers.text(401, MAY_NOT_CREATE)
        release = _created(request, fields, file)
    else:
        _note_latest(request, release, fields)
    if is_large(file):
        return _token(uuid_of(Kind.JOB, _asked(request, release, file, filename)), release)
    document = _taken(request, release, file.read(), filename)
    return _token(uuid_of(Kind.BOM, document.pk), release)


def _project_in(fields: Fields) -> "Release | None":
    """Return the project that a request names, ``None`` if its name is new.

    Raises:
        Invalid: it names none.
        NotFound: there is none with this UUID.
    """
    if uuid := fields.text("project", "projectUuid"):
        return projects.project_of(uuid)
    name = fields.text("projectName")
    if not name:
        raise Invalid("Name the project by its UUID, or by projectName and projectVersion.")
    return projects.found(name, fields.text("projectVersion") or projects.UNVERSIONED)


def _created(request: HttpRequest, fields: Fields, file: BinaryIO) -> "Release":
    """Register what the BOM is for. One that cannot be read leaves nothing behind.

    A large one is read later; then the project is there before anything of it is known.
    """
    subject = None if is_large(file) else read_sbom(file.read()).subject
    return projects.register(
        request,
        fields.text("projectName"),
        fields.text("projectVersion") or projects.UNVERSIONED,
        classifier=subject.kind if subject else "",
        fields=fields,
        parent=projects.parent_in(fields),
    )


def _note_latest(request: HttpRequest, release: "Release", fields: Fields) -> None:
    """Note what an upload says of a project that there is: latest, active, tags."""
    changes = catalog_services.ProfileChanges(
        tags=fields.tags("projectTags"),
        is_latest=fields.flag("isLatest", "isLatestProjectVersion"),
        is_active=fields.flag("isActive"),
    )
    catalog_services.profile_release(release, changes, actor=actor_of(request), now=timezone.now())


def _asked(request: HttpRequest, release: "Release", file: BinaryIO, filename: str) -> int:
    """Have a large SBOM read by a job, and return its number."""
    actor, now = actor_of(request), timezone.now()
    return handing_in.ask_to_renew(
        release, file, filename=filename, label=LABEL, actor=actor, now=now
    ).pk


def _taken(request: HttpRequest, release: "Release", content: bytes, filename: str) -> "Document":
    """Add the SBOM, or put it in the place of the one that came this way before."""
    actor, now = actor_of(request), timezone.now()
    before = [each for each in sboms.documents_of(release) if each.label == LABEL]
    if before:
        return documents.replace_document(
            before[-1], content, filename=filename, actor=actor, now=now
        )
    return documents.add_document(
        release, content, filename=filename, label=LABEL, actor=actor, now=now
    )


def take_vex(request: HttpRequest) -> HttpResponseBase:
    """Keep a VEX document of a project byte for byte; what it says is not applied yet."""
    fields = fields_of(request)
    accounts.require(actor_of(request), Action.MATCH)
    file, filename = document_in(request, fields, "vex")
    release = _project_in(fields)
    if release is None:
        raise NotFound(answers.NO_PROJECT)
    content = whole(file, limit_bytes=VEX_BYTES)
    statements.keep_statements(
        release, content, filename=filename, actor=actor_of(request), now=timezone.now()
    )
    return _token(uuid_of(Kind.VEX, release.pk), release)


def _token(token: object, release: "Release") -> HttpResponseBase:
    project = uuid_of(Kind.PROJECT, release.pk)
    return answers.json({"token": token, "projectUuid": project})


def token_state(request: HttpRequest, token: str) -> HttpResponseBase:
    """Tell whether something is still being worked on; what is not known is not."""
    return answers.json({"processing": is_processing(token)})


def is_processing(token: str) -> bool:
    """Tell whether findings may still change by what a token stands for."""
    bom = number_of(Kind.BOM, token)
    if bom is not None:
        return not ledger.is_followed(FOLLOWER, subject_kind="sboms.document", subject_id=str(bom))
    job = number_of(Kind.JOB, token)
    try:
        return job is not None and not jobs.job(job).is_over
    except NotFound:
        return False
