"""Projects: releases as Dependency-Track's clients know them."""

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from longmark.accounts import queries as accounts
from longmark.api.compat.dependency_track import answers
from longmark.api.compat.dependency_track.identifiers import Kind, number_of, uuid_of
from longmark.api.compat.dependency_track.requests import Fields, fields_of, window_of
from longmark.catalog import queries as catalog
from longmark.catalog import services
from longmark.catalog.queries import ProfileFilters
from longmark.catalog.services import ProfileChanges
from longmark.core.actors import Action
from longmark.core.errors import Invalid, NotFound, Refused
from longmark.core.vocabulary import ItemKind, ReleaseStatus
from longmark.foundation.actors import actor_of
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Item, Profile, Release

UNVERSIONED: Final = "unversioned"
"""The version here of a project that has none there."""

EXISTS: Final = "A project with the specified name and version already exists."
NO_PARENT: Final = "The parent component could not be found."
_KINDS: Final = {"FIRMWARE": ItemKind.FIRMWARE, "DEVICE": ItemKind.HARDWARE}
_CLASSIFIERS: Final = {
    ItemKind.FIRMWARE: "FIRMWARE",
    ItemKind.HARDWARE: "DEVICE",
    ItemKind.PRODUCT: "DEVICE",
    ItemKind.PARAMETERS: "DATA",
}


def project_list(request: HttpRequest) -> HttpResponseBase:
    """List projects by name and version, with the headers by which clients read on."""
    asked, window = Fields(request.GET.dict()), window_of(request)
    filters = ProfileFilters(
        name=asked.text("name"),
        text=asked.text("searchText", "filter"),
        tag=asked.text("tag").casefold(),
        only_active=asked.flag("excludeInactive") or False,
        only_roots=asked.flag("onlyRoot") or False,
    )
    count, found = catalog.profiled_releases(filters, offset=window.offset, limit=window.limit)
    return _listed(count, found)


def children(request: HttpRequest, project: str) -> HttpResponseBase:
    """List the projects of which one is the parent."""
    window, parent = window_of(request), project_of(project)
    filters = ProfileFilters(parent=parent)
    count, found = catalog.profiled_releases(filters, offset=window.offset, limit=window.limit)
    return _listed(count, found)


def _listed(count: int, found: "list[Release]") -> HttpResponseBase:
    documents = sboms.documents_by_release([each.pk for each in found])
    shown = [project_out(each, documents.get(each.pk)) for each in found]
    return answers.json(shown, headers={"X-Total-Count": str(count)})


def one(request: HttpRequest, project: str) -> HttpResponseBase:
    """Return one project."""
    return _shown(project_of(project))


def lookup(request: HttpRequest) -> HttpResponseBase:
    """Return the project of a name and version."""
    asked = Fields(request.GET.dict())
    return _shown(named(asked.text("name"), asked.text("version")))


def latest(request: HttpRequest, name: str) -> HttpResponseBase:
    """Return the latest version of a project: the one called so, else the newest by version."""
    found = catalog.latest_release(_item(name))
    if found is None:
        raise NotFound(answers.NO_PROJECT)
    return _shown(found)


def create(request: HttpRequest) -> HttpResponseBase:
    """Register a release, and its item if that is new."""
    fields = fields_of(request)
    name, version = fields.text("name"), fields.text("version") or UNVERSIONED
    if not name:
        raise Invalid("Must not be empty.", field="name")
    parent = parent_in(fields)
    if found(name, version):
        return answers.text(409, EXISTS)
    release = register(
        request, name, version, classifier=fields.text("classifier"), fields=fields, parent=parent
    )
    return _shown(release, status=201)


def replace(request: HttpRequest) -> HttpResponseBase:
    """Say what is said of a project, all of it; only what differs is written."""
    fields = fields_of(request)
    release = project_of(fields.text("uuid"))
    services.profile_release(
        release, changes_in(fields), actor=actor_of(request), now=timezone.now()
    )
    return _shown(project_of(fields.text("uuid")))


def change(request: HttpRequest, project: str) -> HttpResponseBase:
    """Say some things of a project; 304 if nothing is new."""
    release, fields = project_of(project), fields_of(request)
    accounts.require(actor_of(request), Action.CHANGE_CATALOG)
    _refuse_renaming(release, fields)
    is_changed = services.profile_release(
        release, changes_in(fields), actor=actor_of(request), now=timezone.now()
    )
    if not is_changed:
        return HttpResponse(status=304)
    return _shown(project_of(project))


def _refuse_renaming(release: "Release", fields: Fields) -> None:
    """Refuse another name or version: a release is what its SBOMs and units say it is."""
    name, version = fields.text("name"), fields.text("version")
    if name not in {"", release.item.name} or version not in {"", shown_version(release) or ""}:
        raise Invalid("The name and version of a release do not change; create another.")


def project_of(text: str) -> "Release":
    """Return the release of a project's UUID.

    Raises:
        NotFound: there is none.
    """
    number = number_of(Kind.PROJECT, text)
    if number is None:
        raise NotFound(answers.NO_PROJECT)
    try:
        return catalog.profiled_release(number)
    except NotFound:
        raise NotFound(answers.NO_PROJECT) from None


def named(name: str, version: str) -> "Release":
    """Return the release of a project's name and version.

    Raises:
        NotFound: there is none.
    """
    release = found(name, version or UNVERSIONED)
    if release is None:
        raise NotFound(answers.NO_PROJECT)
    return release


def found(name: str, version: str) -> "Release | None":
    """Return the release of a name and version, if there is one. Three queries."""
    try:
        release = catalog.release_named(catalog.item_named(name), version)
    except NotFound:
        return None
    return catalog.profiled_release(release.pk)


def _item(name: str) -> "Item":
    try:
        return catalog.item_named(name)
    except NotFound:
        raise NotFound(answers.NO_PROJECT) from None


def parent_in(fields: Fields) -> "Release | None":
    """Return the parent that a request names: by UUID before name and version.

    Raises:
        NotFound: it names one that there is not.
    """
    uuid = fields.text("parentUUID") or fields.inner("parent").text("uuid")
    name, version = fields.text("parentName"), fields.text("parentVersion")
    try:
        if uuid:
            return project_of(uuid)
        return named(name, version) if name else None
    except NotFound:
        raise NotFound(NO_PARENT) from None


def register(
    request: HttpRequest,
    name: str,
    version: str,
    *,
    classifier: str,
    fields: Fields,
    parent: "Release | None",
) -> "Release":
    """Register a release under its item, which is registered too if it is new.

    Who comes second finds what the first has made: a client that repeats itself, or two builds
    at once.
    """
    actor, now = actor_of(request), timezone.now()
    release = found(name, version)
    if release is None:
        item = _registered_item(request, name, kind_of(classifier))
        try:
            made = services.register_release(
                item, version, status=ReleaseStatus.DRAFT, actor=actor, now=now
            )
            release = catalog.profiled_release(made.pk)
        except Refused:
            release = named(name, version)
    services.profile_release(
        release, changes_in(fields, parent=parent, classifier=classifier), actor=actor, now=now
    )
    return catalog.profiled_release(release.pk)


def _registered_item(request: HttpRequest, name: str, kind: ItemKind) -> "Item":
    try:
        return catalog.item_named(name)
    except NotFound:
        pass
    try:
        return services.register_item(name, kind=kind, actor=actor_of(request), now=timezone.now())
    except Refused:  # another request was first
        return catalog.item_named(name)


def kind_of(classifier: str) -> ItemKind:
    """Return what kind of item a classifier, or a CycloneDX type, speaks of."""
    return _KINDS.get(classifier.upper().replace("-", "_"), ItemKind.SOFTWARE)


def changes_in(
    fields: Fields, *, parent: "Release | None" = None, classifier: str = ""
) -> ProfileChanges:
    """Return what a request says anew of a project; what it does not name stays."""
    word = (classifier or fields.text("classifier")).upper().replace("-", "_")
    return ProfileChanges(
        parent=parent or parent_in(fields),
        classifier=word or None,
        group=_said(fields, "group"),
        description=_said(fields, "description"),
        swid_tag=_said(fields, "swidTagId"),
        collection=_said(fields, "collectionLogic"),
        tags=fields.tags("tags", "projectTags"),
        is_latest=fields.flag("isLatest", "isLatestProjectVersion"),
        is_active=fields.flag("active", "isActive"),
    )


def _said(fields: Fields, name: str) -> str | None:
    return fields.text(name) if fields.values.get(name) is not None else None


def _shown(release: "Release", *, status: int = 200) -> HttpResponseBase:
    documents = sboms.documents_of(release)
    return answers.json(project_out(release, documents), status=status)


def project_out(release: "Release", documents: Any = None) -> dict[str, Any]:
    """Return a project as clients read it."""
    profile: Profile | None = getattr(release, "profile", None)
    parent = profile.parent if profile else None
    newest = documents[-1] if documents else None
    shown: dict[str, Any] = {
        "uuid": uuid_of(Kind.PROJECT, release.pk),
        "name": release.item.name,
        "version": shown_version(release),
        "classifier": (profile.classifier if profile else "")
        or _CLASSIFIERS.get(ItemKind(release.item.kind), "APPLICATION"),
        "description": (profile.description if profile else "") or release.item.title or None,
        "group": (profile.group if profile else "") or None,
        "swidTagId": (profile.swid_tag if profile else "") or None,
        "collectionLogic": (profile.collection if profile else "") or "NONE",
        "active": profile.is_active if profile else True,
        "isLatest": profile.is_latest if profile else False,
        "tags": [{"name": tag} for tag in (profile.tags if profile else [])],
        "lastBomImport": int(newest.recorded_at.timestamp() * 1000) if newest else None,
        "lastBomImportFormat": f"{newest.format} {newest.spec_version}" if newest else None,
        "parent": _parent_out(parent) if parent else None,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _parent_out(parent: "Release") -> dict[str, Any]:
    shown = {
        "uuid": uuid_of(Kind.PROJECT, parent.pk),
        "name": parent.item.name,
        "version": shown_version(parent),
    }
    return {key: value for key, value in shown.items() if value is not None}


def shown_version(release: "Release") -> str | None:
    """Return the version of a project, ``None`` if it has none."""
    return None if release.version == UNVERSIONED else release.version
