"""Parameters of a set: what each is, from a release on; and the values of a release."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from longmark.catalog import queries as catalog
from longmark.catalog.queries import parameters as queries
from longmark.catalog.services import parameters as services
from longmark.core.actors import Action
from longmark.core.errors import NotFound
from longmark.core.formats.parameters.definitions import write_definitions
from longmark.core.formats.parameters.records import FileFormat
from longmark.core.formats.parameters.writing import ENDINGS, written
from longmark.core.parameters.definitions import ParameterType, parameter_name
from longmark.core.parameters.differences import differences
from longmark.foundation.fragments import fragment
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import number, rows_wanted, wanted
from longmark.web.forms.parameters import DefinitionForm, TableForm, ValuesForm, as_initial
from longmark.web.parameters import page_of, speaks_of, value_rows
from longmark.web.sheets import Done, Sheet, answer, posted

if TYPE_CHECKING:
    from longmark.catalog.models import Item, ParameterDefinition, Release, ReleasedParameters
    from longmark.catalog.services.parameters import Defined
    from longmark.foundation.pages import Page


@page()
def parameters(request: PageRequest, pk: int) -> HttpResponse:
    """List what the parameters of a set are."""
    item = catalog.item(pk)
    release, text = release_asked(request, item), wanted(request, "q")
    after, limit = wanted(request, "after"), rows_wanted(request)
    found = found_definitions(request, item, after=after, limit=limit)
    rows = [(row, queries.definition_of(row)) for row in found.items]
    releases = catalog.releases_of(item)
    context = {"item": item, "page": found, "rows": rows, "text": text, "release": release}
    context |= {"options": [(each.pk, each.version) for each in releases[::-1]]}
    context |= {"chosen": wanted(request, "release"), "form": TableForm(None, releases)}
    return render(request, fragment(request, "web/parameters.html", "rows"), context)


def found_definitions(
    request: PageRequest, item: "Item", *, after: str | None, limit: int
) -> "Page[ParameterDefinition]":
    """Return the definitions of the filtered list."""
    release, text = release_asked(request, item), wanted(request, "q")
    return queries.definitions_page(item, release, text=text, after=after or None, limit=limit)


def release_asked(request: PageRequest, item: "Item") -> "Release | None":
    """Return the release for which the definitions are to hold, if one is named."""
    pk = number(request, "release")
    if pk is None:
        return None
    release = catalog.release(pk)
    if release.item_id != item.pk:
        raise NotFound("{release} is no release of {item}.", release=release, item=item)
    return release


@page()
def parameters_csv(request: PageRequest, pk: int) -> HttpResponse:
    """Give the definitions as a table that can be edited and dropped again."""
    item = catalog.item(pk)
    known = queries.definitions_at(item, release_asked(request, item))
    answered = HttpResponse(
        "".join(write_definitions(known.values())), content_type="text/csv; charset=utf-8"
    )
    answered["Content-Disposition"] = f'attachment; filename="parameters-{item.pk}.csv"'
    return answered


@page(Action.CHANGE_CATALOG)
def define(request: PageRequest, pk: int) -> HttpResponse:
    """Say what one parameter is; with ``name`` what is known of it is filled in."""
    item, named = catalog.item(pk), wanted(request, "name")
    known = queries.definitions_at(item).get(parameter_name(named)) if named else None
    initial = as_initial(known) if known else {"name": named, "type": ParameterType.TEXT.value}
    form = DefinitionForm(posted(request), catalog.releases_of(item), initial=initial)
    sheet = Sheet(
        title=_("What is %(name)s?") % {"name": named} if named else _("Define a parameter"),
        submit=_("Define it"),
        refused=_("Nothing was defined:"),
        back=_page(item),
        crumbs=_crumbs(item),
        lede="" if not (known and known.is_secret) else _("Its default is secret; give it anew."),
    )
    return answer(
        request,
        sheet,
        form,
        lambda: services.define_parameters(
            item,
            [form.definition()],
            since=form.release(),
            actor=request.actor,
            now=timezone.now(),
        ),
        lambda done: Done(_page(item), _told(done)),
    )


@page(Action.CHANGE_CATALOG)
def take_table(request: PageRequest, pk: int) -> HttpResponse:
    """Take a table of definitions."""
    item = catalog.item(pk)
    form = TableForm(posted(request), catalog.releases_of(item), request.FILES or None)
    if form.is_bound:
        done = attempt(
            form,
            lambda: services.read_and_define(
                item,
                form.cleaned_data["file"].read(),
                since=form.release(),
                is_whole=form.cleaned_data["is_whole"],
                actor=request.actor,
                now=timezone.now(),
            ),
        )
        if done is not None:
            messages.success(request, _told(done))
            return redirect(_page(item))
    context = {"item": item, "form": form, "crumbs": _crumbs(item)}
    status = 422 if form.errors else 200
    return render(request, "web/parameters_table.html", context, status=status)


def _told(done: "Defined") -> str:
    """Return what definitions did, in words."""
    if done.is_nothing:
        return _("Nothing was changed: it was defined so already.")
    told = []
    for names, one, many in (
        (done.added, "%(count)s parameter added", "%(count)s parameters added"),
        (done.changed, "%(count)s changed", "%(count)s changed"),
        (done.dropped, "%(count)s dropped", "%(count)s dropped"),
    ):
        if names:
            told.append(ngettext(one, many, len(names)) % {"count": len(names)})
    return ", ".join(told) + "."


@page()
def released(request: PageRequest, pk: int) -> HttpResponse:
    """Show the values of a release; a file that is dropped becomes them."""
    release = catalog.release(pk)
    form = ValuesForm(posted(request), request.FILES or None)
    if form.is_bound:
        known = attempt(form, lambda: _release(request, release, form))
        if known is not None:
            messages.success(request, _told_values(known))
            return redirect("web:released-parameters", pk=pk)
    context = {"release": release, "form": form, "files": queries.released_before(release)}
    context |= _values(request, release)
    name = fragment(request, "web/released_parameters.html", "rows")
    return render(request, name, context, status=422 if form.errors else 200)


def _release(request: PageRequest, release: "Release", form: ValuesForm) -> "ReleasedParameters":
    file = form.cleaned_data["file"]
    return services.release_parameters(
        release, file.read(), filename=file.name, actor=request.actor, now=timezone.now()
    )


def _told_values(known: "ReleasedParameters") -> str:
    count = ngettext("%(count)s value", "%(count)s values", known.count) % {"count": known.count}
    if not known.is_rewritten:
        return _("The set is taken: %(count)s, the file kept byte for byte.") % {"count": count}
    said = _(
        "The set is taken: %(count)s. It holds secrets (%(names)s): their digests are kept, and"
        " the file was written anew without them."
    )
    return said % {"count": count, "names": ", ".join(known.secrets)}


def _values(request: PageRequest, release: "Release") -> dict[str, object]:
    """Return the values that are asked for, and how many differ from the release before."""
    known, text = queries.released_parameters(release), wanted(request, "q")
    definitions = queries.definitions_at(release.item, release)
    rows = value_rows(known.values, definitions) if known else []
    before = queries.release_with_values_before(release)
    earlier = queries.released_values(before.pk) if before else {}
    changes = differences(earlier, known.values, definitions) if before and known else []
    shown = [row for row in rows if speaks_of(row.name, row.definition, text)]
    after, limit = wanted(request, "after") or None, rows_wanted(request)
    return {
        "known": known,
        "page": page_of(shown, lambda row: row.name, after=after, limit=limit),
        "misfits": [row for row in rows if row.misfit],
        "undefined_count": sum(row.definition is None for row in rows),
        "before": before,
        "changes": changes,
        "text": text,
        "formats": [(each.value, ENDINGS[each].upper()) for each in ENDINGS],
    }


@page()
def released_file(request: PageRequest, pk: int) -> FileResponse | HttpResponse:
    """Hand out the file that is kept, or the set in a format."""
    known = queries.values_of(catalog.release(pk))
    asked = wanted(request, "format")
    if asked in {each.value for each in ENDINGS}:
        chosen = FileFormat(asked)
        answered = HttpResponse(
            written(known.values, chosen), content_type="application/octet-stream"
        )
        name = f"parameters-{pk}.{ENDINGS[chosen]}"
        answered["Content-Disposition"] = f'attachment; filename="{name}"'
        return answered
    return FileResponse(
        queries.open_file(known),
        as_attachment=True,
        filename=known.filename or f"parameters-{pk}",
        content_type="application/octet-stream",
    )


def _page(item: "Item") -> str:
    return reverse("web:parameters", args=[item.pk])


def _crumbs(item: "Item") -> list[tuple[str, str]]:
    return [
        (reverse("web:items"), _("Products and their parts")),
        (reverse("web:item", args=[item.pk]), item.name),
        (_page(item), _("Parameters")),
    ]
