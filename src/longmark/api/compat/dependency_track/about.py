"""What clients ask before they call: who answers, and what the caller may do."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from longmark import __version__
from longmark.api.compat.dependency_track import answers
from longmark.api.compat.dependency_track.identifiers import Kind, uuid_of
from longmark.api.compat.dependency_track.permissions import permissions_of
from longmark.foundation.actors import actor_of


def version(request: HttpRequest) -> HttpResponseBase:
    """Say which version of their interface is spoken, and by whom."""
    if request.method not in {"GET", "HEAD"}:
        return answers.with_headers(HttpResponse(status=405, headers={"Allow": "GET"}))
    server = {"uuid": uuid_of(Kind.SERVER, 0), "timestamp": "2026-01-01T00:00:00Z"}
    spoken = {"application": "Dependency-Track", "version": answers.VERSION, **server}
    framework = {"name": "Longmark", "version": __version__, **server}
    return answers.with_headers(answers.json({**spoken, "framework": framework}))


def team(request: HttpRequest) -> HttpResponseBase:
    """Say what the key of the caller opens, in their words."""
    actor = actor_of(request)
    permissions = [
        {"name": name, "description": f"As far as {settings.COMPANY or 'Longmark'} grants it here."}
        for name in permissions_of(actor)
    ]
    uuid = uuid_of(Kind.TEAM, 0)
    return answers.json({"uuid": uuid, "name": actor.name, "permissions": permissions})
