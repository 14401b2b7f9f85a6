"""Pages that hold one form: what stands around it, and what follows when it is taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from longmark.web.doors import PageRequest, attempt

R = TypeVar("R")


@dataclass(frozen=True)
class Sheet:
    """What a page says around its form. ``back`` is where one came from."""

    title: str
    submit: str
    refused: str
    back: str
    crumbs: Sequence[tuple[str, str]] = ()
    lede: str = ""
    warning: str = ""
    is_dangerous: bool = False
    template: str = "web/form.html"
    more: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """Where to go when it is done, and what to say there."""

    href: str
    told: str


def posted(request: PageRequest) -> QueryDict | None:
    """Return what was sent; nothing when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def answer(
    request: PageRequest,
    sheet: Sheet,
    form: Form,
    act: Callable[[], R],
    done: Callable[[R], Done],
) -> HttpResponse:
    """Show the form, or do what it asks for; refused, it comes back with its text."""
    if form.is_bound:
        made = attempt(form, act)
        if not form.errors:
            after = done(made)  # type: ignore[arg-type]  # no errors: the act has returned
            messages.success(request, after.told)
            return redirect(after.href)
    context = {"sheet": sheet, "form": form, **sheet.more}
    return render(request, sheet.template, context, status=422 if form.errors else 200)
