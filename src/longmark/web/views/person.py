"""One person who signs in: what they may do, a new password, and shutting them out."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.accounts import queries as accounts
from longmark.accounts import services
from longmark.core.actors import Action, Role
from longmark.web import words
from longmark.web.doors import PageRequest, attempt, page

if TYPE_CHECKING:
    from longmark.accounts.models import Person


class RolesForm(forms.Form):
    """What someone may do: exactly these roles."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=[(role.value, words.ROLES[role]) for role in Role],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class PasswordForm(forms.Form):
    """A new password, for who lost theirs."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("Ten characters at least. Hand it over in person."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


FORMS: Mapping[str, type[forms.Form]] = {
    "roles": RolesForm,
    "password": PasswordForm,
    "close": forms.Form,
}


@page(Action.MANAGE_ACCOUNTS)
def person(request: PageRequest, username: str) -> HttpResponse:
    one = accounts.person(username)
    asked = request.POST.get("act", "")
    made = {act: form(request.POST if act == asked else None) for act, form in FORMS.items()}
    if not made["roles"].is_bound:
        made["roles"] = RolesForm({"roles": [role.value for role in accounts.roles_of(one)]})
    if asked in FORMS and request.method == "POST":
        done = attempt(made[asked], lambda: _act(request, one, asked, made[asked]))
        if done is not None:
            messages.success(request, done)
            return redirect("web:person", username=username)
    refused = made[asked] if asked in FORMS and made[asked].errors else None
    context = {"person": one, "forms": made, "refused": refused, "act": asked}
    return render(request, "web/person.html", context, status=422 if refused else 200)


def _act(request: PageRequest, one: "Person", act: str, form: forms.Form) -> str:
    """Do what is asked, and tell it."""
    said, now = form.cleaned_data, timezone.now()
    acts: Mapping[str, tuple[Callable[[], None], str]] = {
        "roles": (
            lambda: services.change_roles(
                one, [Role(each) for each in said["roles"]], actor=request.actor, now=now
            ),
            _("The roles of %(person)s are changed."),
        ),
        "password": (
            lambda: services.set_password(one, said["password"], actor=request.actor, now=now),
            _("%(person)s has a new password."),
        ),
        "close": (
            lambda: services.deactivate_person(one, actor=request.actor, now=now),
            _("%(person)s cannot sign in any more, and their tokens open nothing."),
        ),
    }
    do, told = acts[act]
    do()
    return told % {"person": one}
