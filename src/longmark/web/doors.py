"""The door of every page: who comes in, what they may do, and how a refusal looks.

``page`` sends strangers to the sign-in page and turns the anticipated errors into pages;
``attempt`` turns them into errors of a form, which is shown again with status 422.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Awaited, LongmarkError, NotAllowed
from longmark.foundation.problems import status_of
from longmark.web import words

if TYPE_CHECKING:
    from longmark.accounts.models import Person

PROBLEMS_SHOWN = 20
THEMES = ("system", "light", "dark")

P = ParamSpec("P")
R = TypeVar("R")


class PageRequest(HttpRequest):
    """A request of someone who has come through the door."""

    actor: Actor
    user: "Person"  # strangers are at the sign-in page
    htmx: HtmxDetails


PageView = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def page(
    action: Action = Action.READ,
) -> Callable[[PageView[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Open a view to people who are signed in and may do ``action``."""

    def decorate(view: PageView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def opened(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            inside = cast(PageRequest, request)
            try:
                accounts.require(inside.actor, action)
                response = view(inside, *args, **kwargs)
            except LongmarkError as error:
                response = refusal(request, error)
            patch_vary_headers(response, ["HX-Request"])
            return response

        return opened

    return decorate


def refusal(request: HttpRequest, error: LongmarkError) -> HttpResponse:
    """Answer with a page that says what was refused and what to do, or lead to what is made."""
    if isinstance(error, Awaited):
        return redirect("web:job", error.job_id)
    status = status_of(error)
    titles = {
        403: _("You may not do this"),
        404: _("There is no such page"),
        409: _("This was refused"),
        422: _("This cannot be read"),
        503: _("Not available now"),
    }
    text = str(error)
    if isinstance(error, NotAllowed) and (right := words.ACTIONS.get(str(error.values["action"]))):
        text = _("The right is missing: “%(right)s”. An administrator can grant a role that has"
                 " it.") % {"right": right}  # fmt: skip
    context = {"title": titles.get(status, _("Not possible")), "text": text}
    return render(request, "web/refusal.html", context, status=status)


def attempt(form: Form, act: Callable[[], R]) -> R | None:
    """Do what a valid form asks for; an anticipated error becomes an error of its field."""
    if not form.is_valid():
        return None
    try:
        return act()
    except LongmarkError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        for problem in getattr(error, "problems", ())[:PROBLEMS_SHOWN]:
            form.add_error(None, str(problem))
        return None
