"""The public page of a unit, which the link on its plate leads to; no door stands before it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from longmark.catalog import queries as catalog
from longmark.catalog import services
from longmark.core.actors import Action
from longmark.core.errors import NotFound
from longmark.core.life.links import read_token
from longmark.fleet.queries.links import unit_behind
from longmark.web.doors import PageRequest, page
from longmark.web.forms.passports import PassportForm
from longmark.web.passports import PublicFacts, public_facts
from longmark.web.sheets import Done, Sheet, answer, posted


@require_safe
def passport(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is public of a unit; whoever is signed in goes on to the unit itself."""
    if request.user.is_authenticated and "public" not in request.GET:
        return redirect("web:passport-unit", token=token)
    facts = _facts(token)
    context = {"facts": facts, "signin": _signin(request, token)}
    template = "web/passport.html" if facts else "web/passport_none.html"
    response = render(request, template, context, status=200 if facts else 404)
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


@page()
def passport_unit(request: PageRequest, token: str) -> HttpResponse:
    """Lead someone of the company from the plate to the unit."""
    stated = read_token(token)
    if stated is None:
        raise NotFound(_("This link leads to no unit."))
    return redirect("web:phone-unit", pk=unit_behind(stated).pk)


@page(Action.CHANGE_CATALOG)
def set_passport(request: PageRequest, pk: int) -> HttpResponse:
    """Decide whether units of an item show a public page, and with which links."""
    item = catalog.item(pk)
    known, back = catalog.passport(item), reverse("web:item", args=[pk])
    form = PassportForm(posted(request), known)
    sheet = Sheet(
        title=_("Public page of units of %(item)s") % {"item": item.name},
        lede=_("What anybody sees who scans the plate of one of these units, without signing in."),
        submit=_("Save"),
        refused=_("Nothing was changed:"),
        back=back,
        crumbs=[(reverse("web:items"), _("Products and their parts")), (back, item.name)],
    )

    def act() -> bool:
        stated, now = form.cleaned_data, timezone.now()
        if not stated["is_open"]:
            services.close_passport(item, actor=request.actor, now=now)
            return False
        services.open_passport(
            item,
            declaration_url=stated["declaration_url"],
            instructions_url=stated["instructions_url"],
            actor=request.actor,
            now=now,
        )
        return True

    def done(is_open: bool) -> Done:
        told = _("The public page is open.") if is_open else _("The public page is closed.")
        return Done(back, told)

    return answer(request, sheet, form, act, done)


def _facts(token: str) -> PublicFacts | None:
    """Return what is public; whatever the reason why nothing is, a stranger gets one answer."""
    stated = read_token(token)
    if stated is None:
        return None
    try:
        return public_facts(unit_behind(stated))
    except NotFound:
        return None


def _signin(request: HttpRequest, token: str) -> str:
    """Return where to sign in: under the name at which the session is known."""
    path = reverse("web:passport-unit", args=[token])
    query = urlencode({"next": path})
    href = f"{reverse('account_login')}?{query}"
    asked = urlsplit(f"//{request.get_host()}").hostname
    links, pages = (urlsplit(each).hostname for each in (settings.LINK_URL, settings.PUBLIC_URL))
    return f"{settings.PUBLIC_URL}{href}" if asked == links != pages else href
