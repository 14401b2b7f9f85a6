"""How people get in: by accounts that an administrator registered, not by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody registers themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
