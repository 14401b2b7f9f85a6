"""A release of a very large SBOM: what each page, list and file of it costs the web process.

The SBOM goes to a fresh server by HTTP. Each page is then asked of a web process that has answered
nothing else large; the memory is the highest that it, and in the end the worker, ever had.
"""

import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks import large_documents
from benchmarks.figures import Figure
from benchmarks.ground import units_asked_for
from benchmarks.hostile import JOB_GOAL, WEB_GOAL, Served, outcome, peak_of, served

COMPONENTS = 150_000
API = (
    "/releases/{release}",
    "/releases/{release}/components",
    "/releases/{release}/findings",
    "/releases/{release}/licences",
    "/releases/{release}/sboms",
    "/sboms/{sbom}",
    "/sboms/{sbom}/quality",
    "/sboms/{sbom}/components",
    "/releases/{release}/sbom?format=cyclonedx-1.6-json",
    "/releases/{release}/sbom?format=spdx-3.0.1",
)
