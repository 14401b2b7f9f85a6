"""Addresses of the pages."""

from django.urls import URLPattern, path

from longmark.web.views import frame, jobs, ledger, parties, products, settings

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("items/", products.items, name="items"),
    path("items/<int:pk>/", products.item, name="item"),
    path("parties/", parties.parties, name="parties"),
    path("parties/<int:pk>/", parties.party, name="party"),
    path("ledger/", ledger.entries, name="ledger"),
    path("ledger/<int:pk>/", ledger.entry, name="ledger-entry"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/stop/", jobs.stop, name="job-stop"),
    path("settings/", settings.settings, name="settings"),
    path("settings/tokens/", settings.issue_token, name="token-issue"),
    path("settings/tokens/<int:pk>/revoke/", settings.revoke_token, name="token-revoke"),
    path("settings/people/", settings.people, name="people"),
    path("theme/", frame.theme, name="theme"),
    path("components/", frame.components, name="components"),
]
