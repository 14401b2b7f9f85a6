"""Facts of builds, and one finding: why it matches, what settles it, and setting that aside."""

from typing import TYPE_CHECKING

from django import forms
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.core.actors import Action
from longmark.findings.queries import facts, findings, settled
from longmark.findings.services import facts as services
from longmark.web.doors import PageRequest, page
from longmark.web.sheets import Done, Sheet, answer, posted

if TYPE_CHECKING:
    from longmark.findings.models import Finding


class ReasonForm(forms.Form):
    """Why something is done; it goes into the ledger."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea, max_length=2_000, strip=True
    )


@page()
def finding(request: PageRequest, pk: int) -> HttpResponse:
    one = findings.finding(pk)
    said = settled.said_of([one])[one.pk]
    context = {
        "finding": one,
        "v": one.vulnerability,
        "components": findings.why(one),
        "said": said,
        "leading": settled.leading(said, one.rule),
        "aside": facts.setting_aside_of(one),
    }
    return render(request, "web/finding.html", context)


@page()
def original(request: PageRequest, pk: int) -> FileResponse:
    """Hand out a file of facts byte for byte as it came."""
    document = facts.fact_document(pk)
    return FileResponse(
        facts.open_original(document),
        as_attachment=True,
        filename=document.filename or f"facts-{document.pk}",
        content_type="application/octet-stream",
    )


@page(Action.ADD_SBOM)
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    document = facts.fact_document(pk)
    release = document.release
    form = ReasonForm(posted(request))
    back = reverse("web:release", args=[release.pk])
    sheet = Sheet(
        title=_("Withdraw %(file)s") % {"file": document},
        lede=_("It no longer counts for %(release)s. What it settled opens again; it stays as"
               " history.") % {"release": release},
        submit=_("Withdraw the facts"),
        refused=_("The facts were not withdrawn:"),
        back=back,
        crumbs=[(back, str(release))],
    )  # fmt: skip
    return answer(
        request,
        sheet,
        form,
        lambda: services.withdraw_facts(
            document, reason=form.cleaned_data["reason"], actor=request.actor, now=timezone.now()
        ),
        lambda _made: Done(back, _("%(file)s no longer counts.") % {"file": document}),
    )


@page(Action.MATCH)
def set_aside(request: PageRequest, pk: int) -> HttpResponse:
    one, form = findings.finding(pk), ReasonForm(posted(request))
    sheet = _judged(
        one,
        title=_("Set aside what facts settle"),
        lede=_("%(name)s is open again in %(release)s, whatever its facts say, until this is"
               " undone.") % {"name": one.vulnerability.name, "release": one.release},
        submit=_("Set it aside"),
    )  # fmt: skip
    return answer(
        request,
        sheet,
        form,
        lambda: services.set_aside(
            one, reason=form.cleaned_data["reason"], actor=request.actor, now=timezone.now()
        ),
        lambda _made: Done(sheet.back, _("The facts are set aside. The finding opens again.")),
    )


@page(Action.MATCH)
def restore(request: PageRequest, pk: int) -> HttpResponse:
    one, form = findings.finding(pk), ReasonForm(posted(request))
    sheet = _judged(
        one,
        title=_("Let the facts count again"),
        lede=_("What the facts of %(release)s say of %(name)s counts again.")
        % {"name": one.vulnerability.name, "release": one.release},
        submit=_("Let them count"),
    )
    return answer(
        request,
        sheet,
        form,
        lambda: services.restore(
            one, reason=form.cleaned_data["reason"], actor=request.actor, now=timezone.now()
        ),
        lambda _made: Done(sheet.back, _("The facts count again.")),
    )


def _judged(one: "Finding", *, title: str, lede: str, submit: str) -> Sheet:
    back = reverse("web:finding", args=[one.pk])
    release = reverse("web:release", args=[one.release_id])
    return Sheet(
        title=title,
        lede=lede,
        submit=submit,
        refused=_("Nothing was changed:"),
        back=back,
        crumbs=[(release, str(one.release)), (back, one.vulnerability.name)],
    )
