"""Where everything answers."""

from django.urls import URLPattern, URLResolver, include, path

from longmark.api.assembly import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("longmark.api.compat.dependency_track.urls")),
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.account.urls")),
    path("", include("longmark.web.urls")),
]
