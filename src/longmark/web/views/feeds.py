"""Feeds: which are followed, how old and complete each is, and what came from files."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from longmark.accounts import queries as accounts
from longmark.core.actors import Action
from longmark.core.errors import NotFound
from longmark.intel.queries import feeds as queries
from longmark.intel.queries import intakes
from longmark.intel.services import feeds as services
from longmark.intel.services import intakes as intake_services
from longmark.intel.services.feeds import Following
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import wanted

if TYPE_CHECKING:
    from longmark.intel.models import Feed
    from longmark.jobs.models import Job


class AdvisoriesForm(forms.Form):
    """A file of advisories or signals."""

    file = forms.FileField(label=gettext_lazy("File of advisories"))


class ProviderForm(forms.Form):
    """A CSAF provider to follow."""

    domain = forms.CharField(
        label=gettext_lazy("Domain of a supplier"),
        help_text=gettext_lazy("Where its CSAF documents are, is found out by its domain."),
        max_length=400,
    )


class FollowingForm(forms.Form):
    """How a feed is followed."""

    ROWS = (("period_minutes", "stale_hours"),)

    address = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("The publisher's, or that of a mirror."),
        max_length=500,
    )
    period_minutes = forms.IntegerField(
        label=gettext_lazy("Ask every … minutes"), min_value=5, max_value=100_000
    )
    stale_hours = forms.IntegerField(
        label=gettext_lazy("Stale after … hours"), min_value=1, max_value=10_000
    )
    ecosystems = forms.CharField(
        label=gettext_lazy("Ecosystems"),
        help_text=gettext_lazy("One a line, spelled as OSV spells them."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    @classmethod
    def of(cls, feed: "Feed", stated: object = None) -> "FollowingForm":
        """Return the form filled with what holds now, or with what was sent."""
        now = {
            "address": feed.address,
            "period_minutes": int(feed.period.total_seconds()) // 60,
            "stale_hours": int(feed.stale_after.total_seconds()) // 3600,
            "ecosystems": "\n".join(feed.options.get("ecosystems", ())),
        }
        form = cls(stated, initial=now)  # type: ignore[arg-type]
        if "ecosystems" not in feed.options:
            del form.fields["ecosystems"]
        return form

    def following(self) -> Following:
        """Return what was stated, for the service."""
        stated = self.cleaned_data
        names = [line.strip() for line in stated.get("ecosystems", "").splitlines()]
        options = {"ecosystems": [name for name in names if name]} if "ecosystems" in stated else {}
        return Following(
            address=stated["address"],
            period=timedelta(minutes=stated["period_minutes"]),
            stale_after=timedelta(hours=stated["stale_hours"]),
            options=options,
        )


@page()
def feeds(request: PageRequest) -> HttpResponse:
    return _feeds(request, AdvisoriesForm(request.POST or None, request.FILES or None))


@require_POST
@page()
def follow_provider(request: PageRequest) -> HttpResponse:
    form = ProviderForm(request.POST)
    feed = attempt(form, lambda: _provider_followed(request, form))
    if feed is None:
        return _feeds(request, AdvisoriesForm(), form)
    messages.success(request, _("%(feed)s is followed. It runs within a minute.") % {"feed": feed})
    return redirect("web:feed", feed.name)


def _provider_followed(request: PageRequest, form: ProviderForm) -> "Feed":
    domain = form.cleaned_data["domain"]
    return services.follow_provider(domain, actor=request.actor, now=timezone.now())


def _feeds(
    request: PageRequest, form: AdvisoriesForm, provider: ProviderForm | None = None
) -> HttpResponse:
    now = timezone.now()
    job = attempt(form, lambda: _enqueued(request, form)) if form.is_bound else None
    if job:
        return redirect("web:job", job.pk)
    context = {
        "form": form,
        "provider": provider or ProviderForm(),
        "states": queries.feed_states(now),
        "sources": intakes.sources_state(now),
        "page": intakes.intakes_page(after=wanted(request, "after") or None),
        "may_manage": accounts.may(request.actor, Action.MANAGE_ACCOUNTS),
    }
    is_refused = form.errors or (provider and provider.errors)
    return render(request, "web/feeds.html", context, status=422 if is_refused else 200)


def _enqueued(request: PageRequest, form: AdvisoriesForm) -> "Job":
    """Keep the file, and have a job take it in: a feed can be gigabytes long."""
    file = form.cleaned_data["file"]
    return intake_services.ask_for_import(
        file.file, filename=file.name, actor=request.actor, now=timezone.now()
    )


@page()
def feed(request: PageRequest, name: str) -> HttpResponse:
    state = queries.feed_state(name, timezone.now())
    form = FollowingForm.of(state.feed, request.POST or None)
    kept = attempt(form, lambda: _switched_on(request, name, form)) if form.is_bound else None
    if kept:
        return redirect("web:feed", name)
    found = queries.runs_page(state.feed, after=wanted(request, "after") or None)
    counts = queries.counts_of(found.items)
    context = {
        "state": state,
        "form": form,
        "page": found,
        "counts": counts,
        "files": queries.intakes_of(state.last_run) if state.last_run else [],
        "may_manage": accounts.may(request.actor, Action.MANAGE_ACCOUNTS),
    }
    return render(request, "web/feed.html", context, status=422 if form.errors else 200)


def _switched_on(request: PageRequest, name: str, form: FollowingForm) -> "Feed":
    return services.switch_on(name, form.following(), actor=request.actor, now=timezone.now())


@require_POST
@page()
def act(request: PageRequest, name: str, act: str) -> HttpResponse:
    """Switch a feed on or off, or have it run."""
    actor, now = request.actor, timezone.now()
    if act == "run":
        return redirect("web:job", services.ask_for_run(name, actor=actor, now=now).job_id)
    if act == "enable":
        services.switch_on(name, actor=actor, now=now)
        messages.success(
            request, _("%(feed)s is followed. It runs within a minute.") % {"feed": name}
        )
    elif act == "disable":
        services.switch_off(name, actor=actor, now=now)
        messages.success(request, _("%(feed)s is not followed any more.") % {"feed": name})
    else:
        raise NotFound("A feed cannot be told to {act}.", act=act)
    return redirect("web:feeds")


@page()
def intake(request: PageRequest, pk: int) -> HttpResponse:
    one = intakes.intake(pk)
    refusals = intakes.refusals_page(one, after=wanted(request, "after") or None)
    return render(request, "web/intake.html", {"intake": one, "page": refusals})
