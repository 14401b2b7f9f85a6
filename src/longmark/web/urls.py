"""Addresses of the pages."""

from django.urls import URLPattern, path

from longmark.web.views import (
    components,
    feeds,
    frame,
    imports,
    jobs,
    ledger,
    parties,
    products,
    releases,
    search,
    settings,
    units,
    vulnerabilities,
)

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("vulnerabilities/", vulnerabilities.vulnerabilities, name="vulnerabilities"),
    path("vulnerabilities/<str:name>/", vulnerabilities.vulnerability, name="vulnerability"),
    path(
        "vulnerabilities/<str:name>/units.csv",
        vulnerabilities.units_csv,
        name="vulnerability-csv",
    ),
    path(
        "vulnerabilities/<str:name>/units.xlsx",
        vulnerabilities.units_xlsx,
        name="vulnerability-xlsx",
    ),
    path("items/", products.items, name="items"),
    path("items/<int:pk>/", products.item, name="item"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:pk>/", releases.release, name="release"),
    path("sboms/<int:pk>/", releases.sbom, name="sbom"),
    path("parts/<uuid:pk>/", components.component, name="component"),
    path("units/", units.units, name="units"),
    path("units/<uuid:pk>/", units.unit, name="unit"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.import_, name="import"),
    path("imports/<int:pk>/take/", imports.take, name="import-take"),
    path("imports/<int:pk>/discard/", imports.discard, name="import-discard"),
    path("imports/<int:pk>/refused.csv", imports.refused, name="import-refused"),
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
    path("settings/feeds/", feeds.feeds, name="feeds"),
    path("settings/feeds/<int:pk>/", feeds.intake, name="intake"),
    path("search/", search.search, name="search"),
    path("settings/people/", settings.people, name="people"),
    path("theme/", frame.theme, name="theme"),
    path("components/", frame.components, name="components"),
]
