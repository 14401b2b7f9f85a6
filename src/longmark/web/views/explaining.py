"""Why, or why not: a component and an advisory, asked of everything that is known here."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from longmark.core.errors import LongmarkError
from longmark.findings.queries.explaining import explain as explained
from longmark.sboms import queries as sboms
from longmark.web import answers
from longmark.web.doors import PageRequest, page
from longmark.web.filters import wanted

if TYPE_CHECKING:
    from longmark.sboms.models import Component

LENGTH_LIMIT = 2_048


@page()
def explain(request: PageRequest) -> HttpResponse:
    component, advisory = wanted(request, "component"), wanted(request, "advisory")
    platform, parent = wanted(request, "platform"), wanted(request, "parent")
    context: dict[str, object] = {"component": component[:LENGTH_LIMIT], "advisory": advisory}
    context |= {"platform": platform, "parent": parent, "stored": _stored(component)}
    status = 200
    if component and advisory:
        try:
            found = explained(
                component, advisory, platform=platform.replace(",", " ").split(), parent=parent
            )
        except LongmarkError as problem:
            context["problem"], status = str(problem), 422
        else:
            context["asked"] = str(found.subject)
            context["answer"] = answers.shown(found.answer)
    return render(request, "web/explain.html", context, status=status)


def _stored(component: str) -> "Component | None":
    """Return the component of an SBOM here, if it is asked about by its id."""
    try:
        pk = UUID(component)
    except ValueError:
        return None
    return sboms.components_by_id([pk]).get(pk)
