"""Who acts in a request; middleware and the API's authentication set it."""

from django.http import HttpRequest

from longmark.core.actors import ANONYMOUS, Actor


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in ``request``; nobody in particular when no one signed in."""
    actor = getattr(request, "actor", ANONYMOUS)
    assert isinstance(actor, Actor)
    return actor


def set_actor(request: HttpRequest, actor: Actor) -> None:
    """Say who acts in ``request``."""
    request.actor = actor  # type: ignore[attr-defined]  # the place agreed on with actor_of
