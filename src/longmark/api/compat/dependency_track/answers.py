"""How this interface answers: their bodies, their statuses, their headers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from longmark.accounts import queries as accounts
from longmark.accounts import services as accounts_services
from longmark.core.actors import Action
from longmark.core.errors import Invalid, LongmarkError, NotAllowed, NotFound, Refused
from longmark.core.formats.sboms import Problem, SbomInvalid
from longmark.foundation.actors import actor_of, set_actor

VERSION: Final = "4.13.2"
"""What clients ask for before they call; the interface is that of this version."""

Handler: TypeAlias = Callable[..., HttpResponseBase]
PROBLEM: Final = "application/problem+json"
TEXT: Final = "text/plain; charset=utf-8"
NO_PROJECT: Final = "The project could not be found."


def answering(**handlers: Handler) -> Handler:
    """Return a view that lets in whoever has a key, and answers by method."""

    @csrf_exempt  # no cookie counts here: a key comes in a header that no form can send
    def view(request: HttpRequest, **parts: str) -> HttpResponseBase:
        method = "GET" if request.method == "HEAD" else request.method or ""
        handler = handlers.get(method)
        if handler is None:
            return with_headers(HttpResponse(status=405, headers={"Allow": ", ".join(handlers)}))
        if not let_in(request):
            return with_headers(HttpResponse(status=401))
        return with_headers(_answered(handler, request, parts))

    return view


def _answered(handler: Handler, request: HttpRequest, parts: Mapping[str, str]) -> HttpResponseBase:
    try:
        accounts.require(actor_of(request), Action.READ)
        return handler(request, **parts)
    except LongmarkError as error:
        return refusal(error)
    except RequestDataTooBig:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20
        return text(413, f"At most {limit} MB are taken; send the BOM as a file part of a form.")
    except MultiPartParserError as error:
        return text(400, f"The form cannot be taken apart: {error}.")


def let_in(request: HttpRequest) -> bool:
    """Find out who calls by the key; false if it opens nothing."""
    key = request.headers.get("X-Api-Key", "").strip()
    if not key:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        key = key.strip() if scheme.casefold() == "bearer" else ""
    now = timezone.now()
    found = accounts.actor_of_token(key, now=now) if key else None
    if found is None:
        return False
    actor, token = found
    accounts_services.record_use(token, now=now)
    set_actor(request, actor)
    return True


def with_headers(answer: HttpResponseBase) -> HttpResponseBase:
    """Add what every answer of theirs carries; connection tests show the first."""
    answer["X-Powered-By"] = f"Dependency-Track v{VERSION}"
    answer["Cache-Control"] = "no-store"
    return answer


def json(
    body: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return a JSON body."""
    content = orjson.dumps(body, default=str)
    return HttpResponse(content, status=status, headers=headers, content_type="application/json")


def text(status: int, message: str) -> HttpResponse:
    """Return a plain sentence, as clients print it."""
    return HttpResponse(message, status=status, content_type=TEXT)


def problem(status: int, title: str, detail: str, *, errors: Sequence[str] = ()) -> HttpResponse:
    """Return a problem document."""
    body: dict[str, Any] = {"status": status, "title": title, "detail": detail}
    if errors:
        body["errors"] = list(errors)
    return HttpResponse(orjson.dumps(body), status=status, content_type=PROBLEM)


def refusal(error: LongmarkError) -> HttpResponse:
    """Return one of our errors as theirs."""
    if isinstance(error, SbomInvalid):
        return invalid_bom(error)
    if isinstance(error, NotAllowed):
        return problem(403, "Forbidden", str(error))
    if isinstance(error, NotFound):
        return text(404, str(error))
    if isinstance(error, Refused):
        return text(409, str(error))
    if isinstance(error, Invalid):
        return text(400, f"{error.field}: {error}" if error.field else str(error))
    return text(503, str(error))


def invalid_bom(error: SbomInvalid) -> HttpResponse:
    """Return why a BOM cannot be taken, place by place."""
    errors = [json_path(each) for each in error.problems] or [str(error)]
    is_schema = bool(error.problems)
    detail = "Schema validation failed" if is_schema else str(error)
    return problem(400, "The uploaded BOM is invalid", detail, errors=errors)


def json_path(each: Problem) -> str:
    """Return a problem with its place as a JSON path.

    >>> json_path(Problem("components[0].type", "is missing"))
    '$.components[0].type: is missing'
    """
    return f"$.{each.path}: {each.message}" if each.path else f"$: {each.message}"
