"""Handing out a project's BOM, and making one project of another."""

from typing import TYPE_CHECKING, BinaryIO, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from longmark.accounts import queries as accounts
from longmark.api.compat.dependency_track import answers
from longmark.api.compat.dependency_track.identifiers import Kind, uuid_of
from longmark.api.compat.dependency_track.projects import (
    EXISTS,
    UNVERSIONED,
    found,
    project_of,
    register,
)
from longmark.api.compat.dependency_track.requests import Fields, fields_of
from longmark.api.exports import exported
from longmark.core.actors import Action
from longmark.core.errors import Invalid
from longmark.core.formats.sboms.writing.formats import ExportFormat
from longmark.core.formats.sboms.writing.release import Variant
from longmark.findings.queries import exports
from longmark.foundation.actors import actor_of
from longmark.foundation.uploads import is_large
from longmark.sboms import queries as sboms
from longmark.sboms.services import documents, handing_in

if TYPE_CHECKING:
    from longmark.catalog.models import Profile, Release
    from longmark.sboms.models import Document

VARIANTS: Final = {
    "inventory": Variant.INVENTORY,
    "withvulnerabilities": Variant.WITH_VULNERABILITIES,
    "vdr": Variant.VDR,
}
DEFAULT_VERSION: Final = "1.6"


def bom(request: HttpRequest, project: str) -> HttpResponseBase:
    """Return a project as a CycloneDX document."""
    asked = Fields(request.GET.dict())
    variant = VARIANTS.get(asked.text("variant").casefold() or "inventory")
    if variant is None:
        raise Invalid("Is none of {known}.", field="variant", known=", ".join(VARIANTS))
    return _exported(request, project, asked, variant)


def vex(request: HttpRequest, project: str) -> HttpResponseBase:
    """Return the vulnerabilities of a project, with the analysis where one is known."""
    return _exported(request, project, Fields(request.GET.dict()), Variant.VDR)


def _exported(
    request: HttpRequest, project: str, asked: Fields, variant: Variant
) -> HttpResponseBase:
    encoding = asked.text("format").casefold() or "json"
    version = asked.text("version").removeprefix("v").replace("_", ".") or DEFAULT_VERSION
    try:
        export_format = ExportFormat(f"cyclonedx-{version}-{encoding}")
    except ValueError:
        raise Invalid(
            "CycloneDX {version} in {encoding} is not written here.",
            field="format",
            version=version[:10],
            encoding=encoding[:10],
        ) from None
    wanted = exports.Request(project_of(project), export_format, variant, settings.COMPANY)
    return exported(request, exports.export_of(wanted))


def clone(request: HttpRequest) -> HttpResponseBase:
    """Register another version of a project, with what the client wants to take along."""
    accounts.require(actor_of(request), Action.CHANGE_CATALOG)
    fields = fields_of(request)
    origin, version = project_of(fields.text("project")), fields.text("version") or UNVERSIONED
    if found(origin.item.name, version):
        return answers.text(409, EXISTS)
    made = register(
        request,
        origin.item.name,
        version,
        classifier="",
        fields=_taken_along(origin, fields),
        parent=None,
    )
    token = uuid_of(Kind.VEX, made.pk)
    if fields.flag("includeComponents"):
        for document in sboms.documents_of(origin):
            with sboms.open_original(document) as file:
                token = _copied(request, made, document, file)
    return answers.json({"token": token})


def _copied(request: HttpRequest, release: "Release", document: "Document", file: BinaryIO) -> UUID:
    """Add an SBOM to another release too; return what stands for the work on it."""
    actor, now = actor_of(request), timezone.now()
    name, label = document.filename, document.label
    if is_large(file):
        job = handing_in.ask_to_add(release, file, filename=name, label=label, actor=actor, now=now)
        return uuid_of(Kind.JOB, job.pk)
    copied = documents.add_document(
        release, file.read(), filename=name, label=label, actor=actor, now=now
    )
    return uuid_of(Kind.BOM, copied.pk)


def _taken_along(origin: "Release", fields: Fields) -> Fields:
    """Return what is said of the copy: what was said of the origin, as a request would."""
    profile: Profile | None = getattr(origin, "profile", None)
    said: dict[str, object] = {"isLatest": fields.flag("makeCloneLatest")}
    if profile:
        said |= {
            "classifier": profile.classifier or None,
            "group": profile.group or None,
            "description": profile.description or None,
            "collectionLogic": profile.collection or None,
        }
        if fields.flag("includeTags"):
            said["tags"] = list(profile.tags)
        if profile.parent_id:
            said["parentUUID"] = uuid_of(Kind.PROJECT, profile.parent_id)
    return Fields(said)
