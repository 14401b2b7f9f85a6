"""Any list as a file: what its page shows, with the same filters, all rows."""

from collections.abc import Callable, Iterator
from itertools import chain

from django.http import HttpResponseBase
from django.urls import URLPattern, path, register_converter

from longmark.web import exports
from longmark.web.doors import PageRequest, page
from longmark.web.files.tables import ENDINGS, Table


class EndingConverter:
    """The end of a file's name that says which kind of file is asked for."""

    regex = "|".join(ENDINGS)

    def to_python(self, value: str) -> str:
        """Return it as it is."""
        return value

    to_url = to_python


register_converter(EndingConverter, "ending")


def routes(table: Table) -> URLPattern:
    """Return where a list is fetched as a file."""
    return path(f"{table.path}.<ending:ending>", _view(table), name=f"{table.name}-file")


def _view(table: Table) -> Callable[..., HttpResponseBase]:
    @page(table.action)
    def taken(request: PageRequest, /, ending: str, **named: object) -> HttpResponseBase:
        rows = begun(table.rows(request, **named))
        name = (table.filename or table.name).format(**named)
        if ending == "json":
            return exports.json_response(name, table.names, map(table.values, rows))
        respond = exports.csv_response if ending == "csv" else exports.xlsx_response
        return respond(name, table.titles, map(table.cells, rows))

    return taken


def begun(rows: Iterator[object]) -> Iterator[object]:
    """Read the first row at once: what is wrong with the question is told before any file."""
    first = next(rows, None)
    return rows if first is None else chain([first], rows)
