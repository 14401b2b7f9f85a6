"""Releases: the list, and one release with what it is made of and what is wrong with it."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.catalog import queries as catalog
from longmark.core.formats.facts import is_facts_alone
from longmark.findings.queries import facts, findings, listing, settled
from longmark.findings.services import facts as fact_services
from longmark.findings.services import handing_in
from longmark.fleet.queries import reach
from longmark.foundation.fragments import fragment
from longmark.foundation.uploads import is_large
from longmark.intel.queries.coverage import coverage
from longmark.jobs import queries as jobs
from longmark.precision.queries import unjudged_release_ids
from longmark.sboms import queries as sboms
from longmark.sboms.queries import hardware as hardware_queries
from longmark.sboms.queries import judging, lifespans
from longmark.sboms.queries.contents import package_kinds
from longmark.sboms.services import documents as services
from longmark.sboms.services.handing_in import READ_JOB
from longmark.web import words
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import ITEM_KINDS, SOFTWARE_KINDS, chosen, number, rows_wanted, wanted
from longmark.web.trees import groups_of, quality_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from longmark.catalog.models import Item, Release
    from longmark.findings.models import Finding
    from longmark.foundation.pages import Page

DOCUMENTS_SHOWN = 20
PARTS_SHOWN = 10
READING_KINDS = (READ_JOB, handing_in.FACTS_JOB, handing_in.DROPPED_JOB)


class DocumentForm(forms.Form):
    """An SBOM or a file of facts of a release: its content tells which."""

    file = forms.FileField(label=gettext_lazy("SBOM or facts of the build"))


@page()
def releases(request: PageRequest) -> HttpResponse:
    kind, text, item = (
        chosen(request, "kind", ITEM_KINDS),
        wanted(request, "q"),
        item_asked(request),
    )
    is_unjudged = wanted(request, "sbom") == "none"
    found = found_releases(request, item)(wanted(request, "after"), rows_wanted(request))
    ids = [release.pk for release in found.items]
    context = {"page": found, "kind": kind, "kinds": ITEM_KINDS, "text": text, "item": item}
    context |= {"components": _component_counts(ids), "software_kinds": SOFTWARE_KINDS}
    context["is_unjudged"] = is_unjudged
    context["units"] = reach.releases_in_use({release.item_id for release in found.items})
    context["findings"] = findings.finding_counts(ids)
    return render(request, fragment(request, "web/releases.html", "rows"), context)


def found_releases(
    request: PageRequest, item: "Item | None"
) -> "Callable[[str | None, int], Page[Release]]":
    """Return what gives a page of the filtered list."""
    kind, is_unjudged = chosen(request, "kind", ITEM_KINDS), wanted(request, "sbom") == "none"
    ids = unjudged_release_ids() if is_unjudged else None
    return lambda after, limit: catalog.releases_page(
        kinds=[kind] if kind else (),
        item=item,
        ids=ids,
        text=wanted(request, "q"),
        after=after or None,
        limit=limit,
    )


def item_asked(request: PageRequest) -> "Item | None":
    """Return the item whose releases are asked for, if one is."""
    pk = number(request, "item")
    return catalog.item(pk) if pk is not None else None


def _component_counts(release_ids: list[int]) -> dict[int, int]:
    documents = sboms.documents_by_release(release_ids)
    return {pk: sum(each.component_count for each in found) for pk, found in documents.items()}


@page()
def release(request: PageRequest, pk: int) -> HttpResponse:
    one = catalog.release(pk)
    form = DocumentForm(request.POST or None, request.FILES or None)
    added = attempt(form, lambda: _added(request, one, form)) if form.is_bound else None
    if isinstance(added, int):
        return redirect("web:job", added)
    if added:
        messages.success(request, added)
        return redirect("web:release", pk)
    documents = sboms.documents_page(one, limit=DOCUMENTS_SHOWN).items
    context = {
        "release": one,
        "form": form,
        "readings": jobs.unfinished_jobs(kinds=READING_KINDS, release_id=pk),
        "documents": documents,
        "judged": judging.summaries(each.digest for each in documents),
        "places": catalog.places_of(one),
        "siblings": catalog.releases_of(one.item)[::-1],
        "software_kinds": SOFTWARE_KINDS,
    }
    context |= _composition(one) | _hardware(one) | _findings(request, one)
    return render(request, "web/release.html", context, status=422 if form.errors else 200)


def _composition(one: "Release") -> dict[str, object]:
    """Return what a release is made of, and how long that is cared for. Twelve queries."""
    tree, quality = sboms.component_tree(one), sboms.quality(one)
    ids = [each.component_id for branch in tree.branches for each in branch.occurrences]
    return {
        "tree": groups_of(tree, listing.match_counts(ids), lifespans.ending_of(ids)),
        "quality": quality_rows(quality),
        "component_count": quality.component_count,
        "unknown_components": quality.component_count - quality.version_known_count,
        "unit_count": reach.releases_in_use([one.item_id]).get(one.pk, 0),
        "counts": findings.finding_counts([one.pk])[one.pk],
        "ends": lifespans.counts_of([one.pk], today=timezone.localdate()),
    }


def _hardware(one: "Release") -> dict[str, object]:
    """Return what may sit in a release, and the first pieces of hardware. At most six queries."""
    plans = catalog.slots_of(one.item) if catalog.is_hardware(one.item) else []
    parts = hardware_queries.parts_page(one, limit=PARTS_SHOWN)
    return {
        "plans": [plan for plan in plans if plan.usable],
        "hardware": parts.items,
        "hardware_count": hardware_queries.part_count(one) if parts.next else len(parts.items),
        "is_hardware": catalog.is_hardware(one.item),
    }


@page()
def hardware(request: PageRequest, pk: int) -> HttpResponse:
    one = catalog.release(pk)
    found = hardware_queries.parts_page(
        one, after=wanted(request, "after") or None, limit=rows_wanted(request)
    )
    context = {"release": one, "page": found}
    return render(request, fragment(request, "web/hardware.html", "rows"), context)


def _findings(request: PageRequest, one: "Release") -> dict[str, object]:
    """Return a page of the release's findings, open ones or settled ones, and what sources may
    hide more. Nine queries."""
    rule = chosen(request, "rule", words.RULES)
    is_settled = bool(rule) or wanted(request, "view") == "settled"
    after, limit = wanted(request, "after"), rows_wanted(request)
    found = found_findings(request, one, after=after, limit=limit)
    ids = [finding.vulnerability_id for finding in found.items]
    said = settled.said_of(found.items)
    return {
        "findings": found,
        "parts": listing.components_by_vulnerability(one, ids),
        "said": {each.pk: settled.leading(said[each.pk], each.rule) for each in found.items},
        "settled": settled.settled_counts(one),
        "coverage": coverage(timezone.now()).concerning(package_kinds(one)),
        "is_settled": is_settled,
        "rule": rule,
        "facts": facts.fact_documents_page(one, limit=DOCUMENTS_SHOWN).items,
        "export_formats": words.EXPORT_FORMATS.items(),
    }


def found_findings(
    request: PageRequest, one: "Release", *, after: str | None, limit: int
) -> "Page[Finding]":
    """Return the findings of a release that are asked for: open ones, or settled ones."""
    rule = chosen(request, "rule", words.RULES)
    is_settled = bool(rule) or wanted(request, "view") == "settled"
    return findings.findings_page(
        release=one, is_settled=is_settled, rule=rule, after=after or None, limit=limit
    )


def _added(request: PageRequest, one: "Release", form: DocumentForm) -> str | int:
    """Take what was dropped; return what to say of it, or the number of the job that reads it."""
    file, name = form.cleaned_data["file"].file, form.cleaned_data["file"].name
    actor, now = request.actor, timezone.now()
    if is_large(file):
        return handing_in.ask_for_dropped(one, file, filename=name, actor=actor, now=now).pk
    content = file.read()
    if is_facts_alone(content):
        taken = fact_services.add_facts(one, content, filename=name, actor=actor, now=now)
        return _("%(file)s is taken: %(kind)s, %(count)s facts. Findings follow.") % {
            "file": name,
            "kind": words.FACT_KINDS.get(taken.kind, taken.kind),
            "count": f"{taken.fact_count:,}",
        }
    added = services.add_document(one, content, filename=name, actor=actor, now=now)
    return _("%(file)s is taken: an SBOM of %(count)s components. Findings follow.") % {
        "file": name,
        "count": f"{added.component_count:,}",
    }


@page()
def sbom(request: PageRequest, pk: int) -> FileResponse:
    """Hand out an SBOM byte for byte as it came."""
    document = sboms.document(pk)
    return FileResponse(
        sboms.open_original(document),
        as_attachment=True,
        filename=document.filename or f"sbom-{document.pk}",
        content_type=document.media_type,
    )
