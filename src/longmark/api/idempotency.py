"""The same request again gets the same answer: the ``Idempotency-Key`` header.

A client that does not know whether its write arrived sends it again under the same key.
The key belongs to the caller: a token, or a person, whoever signed in anew meanwhile included; sent
with another request it is refused. Who was not let in leaves nothing behind.
"""

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from longmark.foundation.problems import problem
from longmark.ledger import services as ledger

if TYPE_CHECKING:
    from longmark.ledger.models import Receipt

HEADER = "Idempotency-Key"
PREFIX = "/api/"
KEY_LIMIT = 200
BODY_LIMIT_BYTES = 256 << 10
HELD_LIMIT_BYTES = 1 << 20
"""A longer body is a file."""
TRY_AGAIN_SECONDS = 5
NOT_LET_IN = (401, 403)


class IdempotencyMiddleware:
    """Answers a repeated write from its receipt."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        if not key or request.method != "POST" or not request.path.startswith(PREFIX):
            return self.answer(request)
        if len(key) > KEY_LIMIT:
            return problem(422, "Invalid", f"{HEADER} is longer than {KEY_LIMIT} characters.")
        return self._answer_once(request, _caller(request), key)

    def _answer_once(self, request: HttpRequest, caller: str, key: str) -> HttpResponse:
        digest = _digest(request)
        receipt = ledger.begin_receipt(caller, key, request_digest=digest, now=timezone.now())
        if receipt is not None:
            return _repeat(receipt, digest)
        response = self.answer(request)
        is_kept = response.status_code < 500 and response.status_code not in NOT_LET_IN
        if not is_kept or response.streaming or len(response.content) > BODY_LIMIT_BYTES:
            ledger.drop_receipt(caller, key)
            return response
        ledger.end_receipt(
            caller,
            key,
            status=response.status_code,
            media_type=response.headers.get("Content-Type", ""),
            body=response.content,
        )
        return response


def _repeat(receipt: "Receipt", digest: str) -> HttpResponse:
    if receipt.request_digest != digest:
        return problem(422, "Invalid", f"This {HEADER} was used for another request.")
    if receipt.status is None:
        answer = problem(409, "Refused", "The first request with this key is still worked on.")
        answer["Retry-After"] = str(TRY_AGAIN_SECONDS)
        return answer
    answer = HttpResponse(
        bytes(receipt.body), status=receipt.status, content_type=receipt.media_type
    )
    answer["Idempotency-Replayed"] = "true"
    return answer


def _caller(request: HttpRequest) -> str:
    who = request.headers.get("Authorization", "")
    if not who and request.user.is_authenticated:
        who = f"person {request.user.pk}"
    return hashlib.sha256(who.encode()).hexdigest()


def _digest(request: HttpRequest) -> str:
    """Return what tells this request from another.

    A file is told by its length alone: reading it here would hold it in memory whole, and a form
    has another boundary each time that it is sent.
    """
    said = f"{request.method} {request.get_full_path()}\n"
    is_form = (request.content_type or "").startswith("multipart/")
    held = min(HELD_LIMIT_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if is_form or int(request.META.get("CONTENT_LENGTH") or 0) > held:
        parts = f"{request.headers.get('Content-Length', '')} bytes of a form"
        return hashlib.sha256((said + parts).encode()).hexdigest()
    return hashlib.sha256(said.encode() + request.body).hexdigest()
