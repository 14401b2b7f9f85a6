"""What takes a job leads to its page, and that leads to what was made."""

import html
import re
from pathlib import Path
from typing import Any

from django.test import Client

from longmark.config.schedule import HANDLERS
from longmark.config.worker import work_once
from longmark.core.actors import SYSTEM
from longmark.sboms.services.documents import add_document
from tests.sboms.samples import the_drive
from tests.world import NINE, a_release


def linked(client: Client, path: str, wanted: str) -> str:
    """Return the address on a page that matches."""
    found = re.search(f'href="({wanted})"', client.get(path).content.decode())
    assert found, "the page has such a link"
    return html.unescape(found[1])


def test_a_large_release_is_had_as_a_file_from_the_page_of_the_job(
    signed_in: Client, settings: Any, tmp_path: Path
):
    settings.EXPORT_AT_ONCE_COMPONENTS = 0
    settings.EXPORT_FOLDER = tmp_path / "exports"
    release = a_release()
    add_document(release, the_drive(), actor=SYSTEM, now=NINE)
    wanted = r"/releases/\d+/export/\?format=cyclonedx-1.6-xml"
    link = linked(signed_in, f"/releases/{release.pk}/", wanted)

    asked = signed_in.get(link)
    work_once(HANDLERS)
    answer = signed_in.get(linked(signed_in, asked["Location"], r"/releases/\d+/export/[^\"]+"))

    assert asked.status_code == 302
    assert b"".join(answer.streaming_content).startswith(b"<?xml")  # type: ignore[attr-defined]


def test_the_quality_of_a_large_one_is_judged_by_a_job(signed_in: Client, settings: Any):
    document = add_document(a_release(), the_drive(), actor=SYSTEM, now=NINE)
    settings.READ_AT_ONCE_BYTES = 10
    page, call = f"/sboms/{document.pk}/quality/", f"/api/v1/sboms/{document.pk}/quality"

    asked, led = signed_in.get(call), signed_in.get(page)
    work_once(HANDLERS)

    assert (asked.status_code, led.status_code) == (202, 302)
    assert led["Location"] == f"/jobs/{asked.json()['job_id']}/"
    assert linked(signed_in, led["Location"], page) == page
    assert signed_in.get(call).json()["profiles"]
