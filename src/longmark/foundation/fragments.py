"""One view, two answers: the whole page, or the fragment that htmx asked for."""

from django.http import HttpRequest


def fragment(request: HttpRequest, template: str, name: str) -> str:
    """Name the fragment for an htmx request, the whole page for any other."""
    htmx = request.htmx  # type: ignore[attr-defined]  # set by django_htmx's middleware
    whole = not htmx or htmx.boosted or htmx.history_restore_request
    return template if whole else f"{template}#{name}"
