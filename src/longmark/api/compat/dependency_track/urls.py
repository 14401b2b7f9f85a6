"""Where Dependency-Track's clients call. None of these paths is one of the interface of our own."""

from django.urls import path

from longmark.api.compat.dependency_track import (
    about,
    badges,
    documents,
    findings,
    metrics,
    projects,
    uploads,
)
from longmark.api.compat.dependency_track.answers import answering

app_name = "dependency-track"

urlpatterns = [
    path("version", about.version),
    path("v1/team/self", answering(GET=about.team)),
    path("v1/bom", answering(PUT=uploads.take_bom, POST=uploads.take_bom)),
    path("v1/bom/token/<str:token>", answering(GET=uploads.token_state)),
    path("v1/bom/cyclonedx/project/<str:project>", answering(GET=documents.bom)),
    path("v1/vex", answering(PUT=uploads.take_vex, POST=uploads.take_vex)),
    path("v1/vex/cyclonedx/project/<str:project>", answering(GET=documents.vex)),
    path("v1/event/token/<str:token>", answering(GET=uploads.token_state)),
    path(
        "v1/project",
        answering(GET=projects.project_list, PUT=projects.create, POST=projects.replace),
    ),
    path("v1/project/lookup", answering(GET=projects.lookup)),
    path("v1/project/latest/<path:name>", answering(GET=projects.latest)),
    path("v1/project/clone", answering(PUT=documents.clone)),
    path("v1/project/<str:project>", answering(GET=projects.one, PATCH=projects.change)),
    path("v1/project/<str:project>/children", answering(GET=projects.children)),
    path("v1/finding/project/<str:project>", answering(GET=findings.project_findings)),
    path("v1/finding/project/<str:project>/export", answering(GET=findings.export)),
    path("v1/finding/project/<str:project>/analyze", answering(POST=findings.analyze)),
    path(
        "v1/vulnerability/project/<str:project>",
        answering(GET=findings.project_vulnerabilities),
    ),
    path("v1/violation/project/<str:project>", answering(GET=findings.violations)),
    path("v1/metrics/project/<str:project>/current", answering(GET=metrics.current)),
    path("v1/metrics/project/<str:project>/refresh", answering(GET=metrics.refresh)),
    path("v1/badge/vulns/project/<str:project>", badges.vulnerabilities, name="badge"),
    path("v1/badge/vulns/project/<str:project>/address", answering(GET=badges.address)),
    path("v1/badge/vulns/project/<str:name>/<str:version>", badges.vulnerabilities),
    path("v1/badge/violations/project/<str:project>", badges.violations),
    path("v1/badge/violations/project/<str:name>/<str:version>", badges.violations),
]
