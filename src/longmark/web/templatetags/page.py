"""Tags of the frame around every page: places, colours, the reader, the filters kept."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import template
from django.forms import BoundField, Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

import longmark
from longmark.accounts import queries as accounts
from longmark.core.actors import Action
from longmark.sboms.queries import lifespans
from longmark.web.doors import THEMES
from longmark.web.files.tables import ENDINGS
from longmark.web.filters import ROWS, rows_wanted

if TYPE_CHECKING:
    from longmark.sboms.models import Lifespan

register = template.Library()


BELONGS: Mapping[str, tuple[str, ...]] = {
    "web:desk": ("/precision/",),
    "web:vulnerabilities": ("/explain/", "/findings/", "/facts/"),
    "web:releases": ("/parts/", "/sboms/", "/licences/", "/lifespans/", "/names/", "/requests/"),
    "web:units": ("/rmas/", "/drift/", "/mismatches/"),
    "web:items": ("/combinations/",),
    "web:parties": ("/contacts/",),
    "web:imports": ("/conflicts/", "/refusals/"),
}
"""Pages of a place that have addresses of their own."""


@register.simple_tag(takes_context=True)
def place(context: template.Context, name: str, text: str) -> SafeString:
    """Draw a place of the main navigation, marked where the reader is in it."""
    href = reverse(name)
    path = context["request"].path
    is_within = name != "web:desk" and path.startswith(href)
    is_here = (
        is_within or path == href or context["request"].path_info.startswith(BELONGS.get(name, ()))
    )
    mark = format_html(' aria-current="{}"', "page" if path == href else "true") if is_here else ""
    return format_html('<a href="{}"{}>{}</a>', href, mark, text)


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> SafeString | str:
    """Write the scheme that the reader chose; without a choice the system decides."""
    chosen = context["request"].COOKIES.get("theme", "") if "request" in context else ""
    return format_html(' data-theme="{}"', chosen) if chosen in ("light", "dark") else ""


@register.filter
def themes(request: HttpRequest) -> list[tuple[str, str | Promise]]:
    """Return the schemes that can be chosen."""
    said = {"system": _("System"), "light": _("Light"), "dark": _("Dark")}
    return [(code, said[code]) for code in THEMES]


@register.filter
def theme_is(request: HttpRequest, code: str) -> bool:
    """Tell whether the reader chose this scheme."""
    return request.COOKIES.get("theme", "system") == code


@register.filter
def initials(person: object) -> str:
    """Return the initials of a name: *Mara Lindqvist* gives *ML*."""
    words = str(person).replace(".", " ").replace("_", " ").split()
    letters = [word[0] for word in words] if len(words) > 1 else list(str(person)[:2])
    return (letters[0] + letters[-1]).upper() if letters else "?"


@register.filter
def row_sizes(request: HttpRequest) -> list[tuple[int, bool]]:
    """Return how many rows a list may show, and which of them it shows."""
    return [(size, size == rows_wanted(request)) for size in ROWS]


@register.simple_tag
def version() -> str:
    """Write the version of this installation."""
    return getattr(longmark, "__version__", "")


@register.filter
def kept_filters(request: HttpRequest, but: str) -> Iterable[tuple[str, str]]:
    """Return the filters in the address, without those named and without the cursor."""
    left_out = {"after", *but.split()}
    return [(name, str(value)) for name, value in request.GET.items() if name not in left_out]


@register.simple_tag(takes_context=True)
def filters_query(context: template.Context) -> str:
    """Write the filters as a query, without the cursor."""
    return _filters(context["request"])


@register.inclusion_tag("components/exports.html", takes_context=True)
def take_as_file(
    context: template.Context, name: str, what: str = "", labels: str = ""
) -> dict[str, object]:
    """Offer a list of this page as a file, with the page's filters.

    ``name`` is that of its table in ``web.files``; what the address of the page names is kept.
    """
    request = context["request"]
    query = _filters(request)
    named = request.resolver_match.kwargs
    files = [
        (ending, reverse(f"web:{name}-file", kwargs={**named, "ending": ending}) + query)
        for ending in ENDINGS
    ]
    return {"files": files, "what": what, "labels": labels and labels + (query or "?use=")}


def _filters(request: HttpRequest) -> str:
    query = request.GET.copy()
    for name in ("after", "rows"):
        query.pop(name, None)
    text = query.urlencode()
    return f"?{text}" if text else ""


_KEPT = ("on", "known", "known_on", "of", "versions")
"""What a list is about, and is not a filter of it."""


@register.simple_tag(takes_context=True)
def narrowed(context: template.Context, filters: Mapping[str, str], **more: str) -> str:
    """Write the address of the units below, narrowed; what they are asked about is kept."""
    asked = context["request"].GET
    day = {name: asked[name] for name in _KEPT if name in asked}
    return f"?{urlencode({**day, **filters, **more})}#units"


@register.simple_tag(takes_context=True)
def may(context: template.Context, action: str) -> bool:
    """Tell whether the reader may do something: buttons are for those who may."""
    return accounts.may(context["request"].actor, Action(action))


@register.filter
def rows(form: Form) -> Iterator[list[BoundField]]:
    """Yield the fields of a form in their rows."""
    together = {names[0]: names for names in getattr(form, "ROWS", ())}
    placed: set[str] = set()
    for name in form.fields:
        if name not in placed:
            names = [each for each in together.get(name, (name,)) if each in form.fields]
            placed.update(names)
            yield [form[each] for each in names]


@dataclass(frozen=True)
class Group:
    """Choices that belong together."""

    name: str
    options: list[dict[str, Any]]
    is_open: bool


@register.filter
def choice_groups(field: BoundField) -> list[Group]:
    """Return the choices of a field in their groups; the only one, or one in use, is open."""
    widget = field.field.widget
    chosen = [str(each) for each in field.value() or ()]
    found = widget.optgroups(field.html_name, chosen, {"id": field.auto_id})
    ids: dict[str, dict[str, Any]] = {}
    groups = []
    for name, options, _number in found:
        for option in options:
            option["attrs"] = {"id": f"{field.auto_id}_{len(ids)}"}
            ids[option["attrs"]["id"]] = option
        is_open = any(option["selected"] for option in options) or len(found) == 1
        groups.append(Group(str(name), options, is_open))
    return groups


@register.filter
def ending(lifespan: "Lifespan | None") -> str:
    """Return where a lifespan stands today; what ends within a year is told apart."""
    today = timezone.localdate()
    ends_on = lifespan.ends_on if lifespan else None
    if ends_on and today <= ends_on <= today + timedelta(days=lifespans.SOON_DAYS):
        return "ends-soon"
    return lifespans.standing_of(lifespan, today=today)
