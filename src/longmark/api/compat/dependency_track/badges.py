"""Badges: small pictures of a project's counts, for pages that nobody signs in to see.

Off by default. A badge is shown to who has a key, to anyone where the setting says so, and to
whoever holds its signed address: that opens this one picture and nothing else, which a key in
an address would not.
"""

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.html import escape

from longmark.accounts import queries as accounts
from longmark.api.compat.dependency_track import answers
from longmark.api.compat.dependency_track.identifiers import Kind, uuid_of
from longmark.api.compat.dependency_track.metrics import metrics_of
from longmark.api.compat.dependency_track.projects import named, project_of
from longmark.core.actors import Action
from longmark.core.errors import LongmarkError
from longmark.foundation.actors import actor_of
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Release

SALT: Final = "longmark.badges"
CLOSED: Final = "Badges are not open here. Send a key, or use the signed address of the badge."
_COLOURS: Final = (
    ("critical", "#b91c1c"),
    ("high", "#dc2626"),
    ("medium", "#d97706"),
    ("low", "#4d7c0f"),
    ("unassigned", "#6b7280"),
)
_LETTER, _PAD, _HEIGHT = 7, 6, 20


def vulnerabilities(request: HttpRequest, **parts: str) -> HttpResponseBase:
    """Show how many findings of each severity a project has."""
    return _badge(request, _vulnerability_cells, parts)


def violations(request: HttpRequest, **parts: str) -> HttpResponseBase:
    """Show violations of policies: there are none, since there are no policies."""
    return _badge(request, lambda _: [("no policies", "#6b7280")], parts)


def address(request: HttpRequest, project: str) -> HttpResponseBase:
    """Return the signed address of a project's badge, to be put on a page."""
    release = project_of(project)
    uuid = str(uuid_of(Kind.PROJECT, release.pk))
    path = reverse("dependency-track:badge", kwargs={"project": uuid})
    return answers.json({"url": f"{settings.PUBLIC_URL}{path}?signature={signature_of(uuid)}"})


def signature_of(project: str) -> str:
    """Return what opens the badge of a project, until the secret key changes."""
    return signing.Signer(salt=SALT).signature(project)


def _badge(request: HttpRequest, cells_of: Any, parts: dict[str, str]) -> HttpResponseBase:
    if request.method not in {"GET", "HEAD"}:
        return answers.with_headers(HttpResponse(status=405, headers={"Allow": "GET"}))
    if not _is_open(request, parts.get("project", "")):
        return answers.with_headers(answers.text(403, CLOSED))
    try:
        release = project_of(parts["project"]) if "project" in parts else named(**parts)
    except LongmarkError:
        return answers.with_headers(answers.text(404, answers.NO_PROJECT))
    drawn = HttpResponse(picture(cells_of(release)), content_type="image/svg+xml")
    return answers.with_headers(drawn)


def _is_open(request: HttpRequest, project: str) -> bool:
    if settings.PUBLIC_BADGES:
        return True
    signature = request.GET.get("signature", "")
    if signature and project:
        return constant_time_compare(signature, signature_of(project.casefold()))
    return answers.let_in(request) and accounts.may(actor_of(request), Action.READ)


def _vulnerability_cells(release: "Release") -> list[tuple[str, str]]:
    if not sboms.documents_of(release):
        return [("no metrics", "#6b7280")]
    counts = metrics_of(release)
    cells = [(f"{counts[name]} {name}", colour) for name, colour in _COLOURS if counts[name]]
    return cells or [("no vulns", "#15803d")]


def picture(cells: list[tuple[str, str]]) -> str:
    """Return cells side by side as a picture, with their words for those who cannot see it."""
    drawn, left = [], 0
    for words, colour in [("vulnerabilities", "#374151"), *cells]:
        width = len(words) * _LETTER + 2 * _PAD
        drawn.append(
            f'<rect x="{left}" width="{width}" height="{_HEIGHT}" fill="{colour}"/>'
            f'<text x="{left + width / 2:g}" y="14" text-anchor="middle">{escape(words)}</text>'
        )
        left += width
    label = escape(", ".join(words for words, _ in cells))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left}" height="{_HEIGHT}" role="img"'
        f' aria-label="{label}"><title>{label}</title><g fill="#fff" font-size="11"'
        f' font-family="Verdana,DejaVu Sans,sans-serif">{"".join(drawn)}</g></svg>'
    )
