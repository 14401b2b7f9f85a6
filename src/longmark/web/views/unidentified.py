"""Components that nothing can be looked up for: what they may be, and one click to say so."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from longmark.core.actors import Action
from longmark.core.errors import Refused
from longmark.core.identity.suggestions import Suggestion
from longmark.foundation.fragments import fragment
from longmark.names.services import rules as services
from longmark.names.services.rules import Said
from longmark.sboms.queries import unidentified as queries
from longmark.web import words
from longmark.web.doors import PageRequest, page
from longmark.web.filters import rows_wanted, wanted


@page()
def unidentified(request: PageRequest) -> HttpResponse:
    text = wanted(request, "q")
    found = queries.unidentified_page(
        text=text, after=wanted(request, "after") or None, limit=rows_wanted(request)
    )
    context = {"page": found, "text": text}
    return render(request, fragment(request, "web/unidentified.html", "rows"), context)


@require_POST
@page(Action.NAME_COMPONENTS)
def accept(request: PageRequest) -> HttpResponse:
    """Make a rule of a suggestion, if it is one still."""
    stated, code = request.POST.get("stated", "")[:500], request.POST.get("code", "")[:20_000]
    chosen = next((one for one in queries.suggestions_of(stated) if one.code == code), None)
    if chosen is None:
        raise Refused("This is not suggested any more. Load the list anew.")
    row = services.add_rule(
        Said(stated, chosen.kind, chosen.target, purl=chosen.purl, cpes=chosen.cpes),
        reason=_reason(chosen),
        actor=request.actor,
        now=timezone.now(),
    )
    messages.success(request, _("It holds from now on, for every SBOM that says so."))
    return redirect("web:name", row.pk)


def _reason(suggestion: Suggestion) -> str:
    said = words.because(suggestion)
    return _("A suggestion that was accepted: %(because)s.") % {"because": said}
