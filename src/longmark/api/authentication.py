"""Who calls: a program with a token, a person with a session, or the owner of the machine."""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from ninja.security import HttpBearer

from longmark.accounts import queries as accounts
from longmark.accounts import services as accounts_services
from longmark.core.actors import Action, Actor, Role
from longmark.core.errors import NotAllowed
from longmark.foundation.actors import actor_of, set_actor

LOCAL_CALLER = "longmark.local-caller"
"""Set by the command line that runs the application in its own process on the local data
folder. It is no header: nothing that comes over a network can set it."""


class Caller(HttpBearer):
    """Lets in whoever may read; what may be written, the services decide."""

    def __call__(self, request: HttpRequest) -> Any | None:
        name = request.META.get(LOCAL_CALLER)
        if name:
            return self._let_in(request, Actor("local", name, name, frozenset(Role)))
        if request.headers.get("Authorization"):
            return super().__call__(request)
        return self._session(request)

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:
        found = accounts.actor_of_token(token, now=timezone.now())
        if found is None:
            return None
        actor, used = found
        accounts_services.record_use(used, now=timezone.now())
        return self._let_in(request, actor)

    def _session(self, request: HttpRequest) -> Any | None:
        if not request.user.is_authenticated:
            return None
        refusal = CsrfViewMiddleware(lambda _: None).process_view(request, None, (), {})  # type: ignore[arg-type]  # only asked whether it refuses
        if refusal is not None:
            raise NotAllowed("The page is too old. Load it again.")
        return self._let_in(request, actor_of(request))

    def _let_in(self, request: HttpRequest, actor: Actor) -> Actor:
        set_actor(request, actor)
        accounts.require(actor, Action.READ)
        return actor
