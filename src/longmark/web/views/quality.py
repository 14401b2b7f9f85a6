"""How good an SBOM is: by list, by rule, by component; and the request to its supplier."""

from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from longmark.core.actors import Action
from longmark.core.errors import Invalid
from longmark.core.formats.sboms.quality import (
    FORMULA,
    LANGUAGES,
    QualityReport,
    lacks,
    markdown,
)
from longmark.foundation.fragments import fragment
from longmark.foundation.pages import Page
from longmark.ledger import queries as ledger
from longmark.parties import queries as parties
from longmark.sboms import queries as sboms
from longmark.sboms.queries import judging
from longmark.sboms.services import quality as services
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import number, rows_wanted, wanted
from longmark.web.forms.requests import RequestForm
from longmark.web.sheets import posted

if TYPE_CHECKING:
    from longmark.core.formats.sboms.quality import Lack, ProfileReport, RuleReport
    from longmark.parties.models import Contact, Party
    from longmark.sboms.models import Document


@page()
def report(request: PageRequest, pk: int) -> HttpResponse:
    document, judged, profile, rule = asked_for(request, pk)
    context: dict[str, object] = {
        "document": document,
        "report": judged,
        "profile": profile,
        "rule": rule,
        "formula": FORMULA,
        "requests": judging.requests_page(document=document, limit=20).items,
    }
    if rule:
        context["page"] = _lacks_page(request, judged, rule)
    return render(request, fragment(request, "web/sbom_quality.html", "rows"), context)


def asked_for(
    request: PageRequest, pk: int
) -> "tuple[Document, QualityReport, ProfileReport, RuleReport | None]":
    """Return the SBOM with its report, the list that is asked for, and the rule if one is."""
    document = sboms.document(pk)
    judged = services.report_on(document, actor=request.actor, now=timezone.now())
    profile = judging.profile_of(judged, wanted(request, "profile"))
    code = wanted(request, "rule")
    return document, judged, profile, judging.rule_of(profile, code) if code else None


def _lacks_page(request: PageRequest, judged: QualityReport, rule: "RuleReport") -> "Page[Lack]":
    after, limit = number(request, "after"), rows_wanted(request)
    if wanted(request, "after") and after is None:
        raise Invalid("This is not a place in this list; begin without one.", field="after")
    behind = -1 if after is None else after
    rows = list(islice(lacks(judged, rule, after=behind), limit + 1))
    following = str(rows[limit - 1].number) if len(rows) > limit else None
    return Page(rows[:limit], following)


@page(Action.ADD_SBOM)
def ask(request: PageRequest, pk: int) -> HttpResponse:
    """Draft the request to the supplier; marked as sent, it is kept and in the ledger."""
    document = sboms.document(pk)
    judged = services.report_on(document, actor=request.actor, now=timezone.now())
    form = RequestForm(posted(request), initial=_usual(request, document))
    if form.is_bound and request.POST.get("act") == "send":
        sent = attempt(
            form,
            lambda: services.record_request(
                document, form.draft(), judged, actor=request.actor, now=timezone.now()
            ),
        )
        if sent:
            return redirect("web:supplier-request", sent.pk)
    draft = form.draft() if form.is_bound and form.is_valid() else _usual_draft(form)
    letter, _listed = services.drafted(document, draft, judged)
    context = {"document": document, "form": form, "letter": letter, "query": _query(draft)}
    return render(request, "web/supplier_ask.html", context, status=422 if form.errors else 200)


def _query(draft: services.Draft) -> str:
    """Return a draft as a query, from which the letter is written again."""
    return urlencode({name: value for name, value in asdict(draft).items() if value})


def _usual(request: PageRequest, document: "Document") -> dict[str, object]:
    """Return what the form says first: the supplier of the item, and who is told there."""
    supplier = document.release.item.supplier
    contacts = parties.contacts_of(supplier) if supplier else []
    first = contacts[0] if contacts else None
    return {
        "supplier": supplier.name if supplier else _("Supplier"),
        "contact": first.name if first else "",
        "language": _language(first or supplier),
        "sender": str(request.user),
        "profile": wanted(request, "profile") or "project-recommended",
    }


def _language(told: "Contact | Party | None") -> str:
    """Return in which language to write: theirs, if there are letters in it."""
    spoken = told.language.partition("-")[0] if told else "en"
    return spoken if spoken in LANGUAGES else "en"


def _usual_draft(form: RequestForm) -> services.Draft:
    said = {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}
    return services.Draft(
        sender=str(said["sender"] or ""),
        supplier=str(said["supplier"] or ""),
        contact=str(said["contact"] or ""),
        due_on=None,
        language=str(said["language"] or "en"),
        profile=str(said["profile"]),
    )


@page()
def requests(request: PageRequest) -> HttpResponse:
    found = judging.requests_page(
        after=wanted(request, "after") or None, limit=rows_wanted(request)
    )
    context = {"page": found}
    return render(request, fragment(request, "web/supplier_requests.html", "rows"), context)


@page()
def request_sent(request: PageRequest, pk: int) -> HttpResponse:
    one = judging.supplier_request(pk)
    text = ledger.blob_bytes(one.digest).decode()
    context = {"one": one, "text": text, "newer": one.document.superseded_by_id}
    return render(request, "web/supplier_request.html", context)


@page()
def request_file(request: PageRequest, pk: int, name: str) -> FileResponse:
    """Hand out the letter or the list as it was sent."""
    one = judging.supplier_request(pk)
    is_letter = name == "md"
    return FileResponse(
        ledger.open_blob(one.digest if is_letter else one.list_digest),
        as_attachment=True,
        filename=f"{one.number}.{'md' if is_letter else 'json'}",
        content_type="text/markdown" if is_letter else "application/json",
    )


@page()
def draft_file(request: PageRequest, pk: int) -> HttpResponse:
    """Hand out the letter as it would be sent, in Markdown."""
    document = sboms.document(pk)
    judged = services.report_on(document, actor=request.actor, now=timezone.now())
    form = RequestForm(request.GET or None, initial=_usual(request, document))
    draft = form.draft() if form.is_bound and form.is_valid() else _usual_draft(form)
    letter, _listed = services.drafted(document, draft, judged)
    response = HttpResponse(markdown(letter), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="sbom-{pk}-request.md"'
    return response
