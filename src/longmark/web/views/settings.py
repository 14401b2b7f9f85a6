"""Settings: people and their roles, one's own tokens, the state of the feeds."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from longmark.accounts import queries as accounts
from longmark.accounts import services
from longmark.core.actors import Action, Role
from longmark.web import words
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import wanted


class TokenForm(forms.Form):
    """A new token for a program."""

    name = forms.CharField(
        label=gettext_lazy("What the token is for"),
        help_text=gettext_lazy("A build server, a script: so that it can be told apart later."),
        max_length=100,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=[(action.value, words.ACTIONS[action]) for action in Action],
        widget=forms.CheckboxSelectMultiple,
    )


class PersonForm(forms.Form):
    """A new person."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("Mail address"), required=False)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        help_text=gettext_lazy("Ten characters at least. Hand it over in person."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=[(role.value, words.ROLES[role]) for role in Role],
        widget=forms.CheckboxSelectMultiple,
    )


@page()
def settings(request: PageRequest) -> HttpResponse:
    return _settings(request, TokenForm())


def _settings(
    request: PageRequest, form: TokenForm, *, secret: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "tokens": accounts.tokens_of(request.user),
        "form": form,
        "secret": secret,
        "now": timezone.now(),
        "may_manage": accounts.may(request.actor, Action.MANAGE_ACCOUNTS),
        "roles": [words.ROLES[role] for role in sorted(request.actor.roles)],
    }
    return render(request, "web/settings.html", context, status=status)


@require_POST
@page()
def issue_token(request: PageRequest) -> HttpResponse:
    """Show the secret once, in the answer to the form that asked for it."""
    form = TokenForm(request.POST)
    issued = attempt(
        form,
        lambda: services.issue_token(
            request.user,
            name=form.cleaned_data["name"],
            scopes=[Action(scope) for scope in form.cleaned_data["scopes"]],
            actor=request.actor,
            now=timezone.now(),
        ),
    )
    if issued is None:
        return _settings(request, form, status=422)
    return _settings(request, TokenForm(), secret=issued[1])


@require_POST
@page()
def revoke_token(request: PageRequest, pk: int) -> HttpResponse:
    token = accounts.token(pk, owner=request.user)
    services.revoke_token(token, actor=request.actor, now=timezone.now())
    messages.success(
        request, _("The token %(name)s opens nothing any more.") % {"name": token.name}
    )
    return redirect("web:settings")


@page(Action.MANAGE_ACCOUNTS)
def people(request: PageRequest) -> HttpResponse:
    form = PersonForm(request.POST or None)
    if request.method == "POST" and (person := attempt(form, lambda: _register(request, form))):
        messages.success(request, _("%(person)s can sign in now.") % {"person": person})
        return redirect("web:people")
    context = {"page": accounts.people_page(after=wanted(request, "after") or None), "form": form}
    return render(request, "web/people.html", context, status=422 if form.errors else 200)


def _register(request: PageRequest, form: PersonForm) -> object:
    stated = form.cleaned_data
    return services.register_person(
        stated["username"],
        password=stated["password"],
        roles=[Role(role) for role in stated["roles"]],
        email=stated["email"],
        full_name=stated["full_name"],
        actor=request.actor,
        now=timezone.now(),
    )
