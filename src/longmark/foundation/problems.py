"""Errors as answers: RFC 9457 problem documents for the API, and the status of each error."""

from collections.abc import Sequence

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from longmark.core.errors import (
    Awaited,
    Invalid,
    LongmarkError,
    NotAllowed,
    NotFound,
    Refused,
    Unavailable,
)
from longmark.foundation.answers import reading

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[LongmarkError], tuple[int, str]] = {
    NotFound: (404, "Not found"),
    NotAllowed: (403, "Not allowed"),
    Invalid: (422, "Invalid"),
    Refused: (409, "Refused"),
    Unavailable: (503, "Unavailable"),
}


def status_of(error: LongmarkError) -> int:
    """Return the HTTP status that says what ``error`` means."""
    return _status_and_title(error)[0]


def problem(
    status: int, title: str, detail: str, *, errors: Sequence[dict[str, str]] = ()
) -> HttpResponse:
    """Return a problem document (RFC 9457) with ``errors`` by field."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if errors:
        document["errors"] = list(errors)
    return HttpResponse(orjson.dumps(document), status=status, content_type=MEDIA_TYPE)


def problem_of(error: LongmarkError) -> HttpResponse:
    """Return the problem document of one of the anticipated errors, or which job to wait for."""
    if isinstance(error, Awaited):
        content = orjson.dumps(reading(error.job_id))
        return HttpResponse(content, status=202, content_type="application/json")
    status, title = _status_and_title(error)
    errors = [{"field": error.field, "message": str(error)}] if error.field else []
    errors += [
        {"field": entry.path, "message": entry.message} for entry in getattr(error, "problems", ())
    ]
    return problem(status, title, str(error), errors=errors)


def answer_with_problems(api: NinjaAPI) -> None:
    """Make ``api`` answer every error with a problem document."""

    @api.exception_handler(LongmarkError)
    def _anticipated(request: HttpRequest, error: LongmarkError) -> HttpResponse:
        return problem_of(error)

    @api.exception_handler(ValidationError)
    def _shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [
            {"field": ".".join(str(part) for part in each["loc"][1:]), "message": each["msg"]}
            for each in error.errors
        ]
        return problem(422, "Invalid", "The request does not have the right shape.", errors=errors)

    @api.exception_handler(AuthenticationError)
    def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        answer = problem(401, "Not signed in", "Send a token: Authorization: Bearer lm_….")
        answer["WWW-Authenticate"] = "Bearer"
        return answer

    @api.exception_handler(RequestDataTooBig)
    def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20
        return problem(413, "Too large", f"At most {limit} MB of JSON are taken.")

    @api.exception_handler(MultiPartParserError)
    def _torn(request: HttpRequest, error: MultiPartParserError) -> HttpResponse:
        return problem(400, "Not possible", f"The form cannot be taken apart: {error}.")

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, "Not possible", str(error))


def _status_and_title(error: LongmarkError) -> tuple[int, str]:
    for kind, answer in STATUS.items():
        if isinstance(error, kind):
            return answer
    return 400, "Not possible"
