"""Maps of names: one map, its rows, and what of its file was refused."""

from django.http import HttpResponse
from django.shortcuts import render

from longmark.foundation.fragments import fragment
from longmark.names import queries
from longmark.web.doors import PageRequest, page
from longmark.web.filters import rows_wanted, wanted


@page()
def name_map(request: PageRequest, pk: int) -> HttpResponse:
    one, text = queries.name_map(pk), wanted(request, "q")
    found = queries.map_rows_page(
        one, text=text, after=wanted(request, "after") or None, limit=rows_wanted(request)
    )
    context = {"map": one, "page": found, "text": text}
    return render(request, fragment(request, "web/name_map.html", "rows"), context)
