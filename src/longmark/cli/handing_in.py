"""Handing in a document, and waiting for it to be read where it is large."""

from pathlib import Path
from typing import Any, Final

from longmark.cli import output
from longmark.cli.client import Client, Problem

REFUSED: Final = 422
_MADE: Final = (("document_id", "sboms"), ("facts_id", "facts"))


def handed_in(client: Client, path: str, file: Path) -> dict[str, Any]:
    """Send a document, and return what it became.

    Raises:
        Problem: it was refused, at once or when it was read.
    """
    answer: dict[str, Any] = client.send_file(path, file)
    if "job_id" not in answer:
        return answer
    job = awaited(client, answer, file.name)
    made = next((noun, job["result"][key]) for key, noun in _MADE if key in job["result"])
    found: dict[str, Any] = client.get("/{}/{}".format(*made))
    return found


def awaited(client: Client, answer: dict[str, Any], title: str) -> dict[str, Any]:
    """Wait for the job that an answer names, and return it as it ended.

    Raises:
        Problem: it refused what was sent.
    """
    with output.job_progress(title) as report:
        job: dict[str, Any] = client.watch_job(answer["job_id"], report)
    if job["state"] != "done":
        problems = job["result"].get("problems", [])
        errors = [{"field": each["path"], "message": each["message"]} for each in problems]
        raise Problem(REFUSED, job["outcome"], errors)
    return job
