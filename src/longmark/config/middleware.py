"""Who acts in a request, and what follows from what a request wrote."""

from collections.abc import Callable
from typing import TypeAlias

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from longmark import reactions
from longmark.accounts import queries as accounts
from longmark.config import memory
from longmark.foundation.actors import set_actor

Answer: TypeAlias = Callable[[HttpRequest], HttpResponse]
LONG_BYTES = 100_000
"""A request that brings more is a document, and leaves memory behind."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ActorMiddleware:
    """Sets ``request.actor`` for a signed-in person; the API sets it for a token."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            set_actor(request, accounts.actor_of(request.user))
        return self.answer(request)


class ReactionMiddleware:
    """Lets the reactions to a write happen before the answer goes out.

    Whoever uploads an SBOM is told its findings at once. The worker does the same for
    everything that is written elsewhere, so nothing depends on it.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        if request.method not in SAFE_METHODS and response.status_code < 400:
            reactions.follow(now=timezone.now)
            if _is_long(request):
                memory.tidy_up()
        return response


def _is_long(request: HttpRequest) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > LONG_BYTES
