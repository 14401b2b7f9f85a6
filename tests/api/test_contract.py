"""What the API promises: its document is in the tree, complete, and true of its answers."""

import schemathesis

from longmark.config.wsgi import application
from tests.api.openapi import DOCUMENT, as_text, current

schema = schemathesis.openapi.from_dict(current())
schema.app = application


def test_a_change_of_the_api_is_seen_in_review():
    assert as_text(current()) == DOCUMENT.read_text(), "Run: make openapi"


def test_every_operation_says_what_it_does_and_belongs_to_a_group():
    silent = [
        f"{method} {path}"
        for path, operations in current()["paths"].items()
        for method, operation in operations.items()
        if not operation.get("description") or not operation.get("tags")
    ]
    assert silent == []


def test_every_list_comes_in_pages_or_is_bounded_by_what_it_belongs_to():
    bounded = {
        "slots_of",
        "sites_of",
        "contacts_of",
        "countries_reached",
        "sources_state",
        "feed_states",
        "find_components",
        "contents",
        "find",
        "lifelines",
        "aliases_of",
        "lifespans_of",
        "released_difference",
        "unit_parameters",
        "snapshot_difference",
        "histories_of",
        "combinations_of",
        "mismatches_of",
        "precision_board",
        "rmas_of",
        "units_called",
    }
    endless = [
        operation["operationId"]
        for operations in current()["paths"].values()
        for method, operation in operations.items()
        if method == "get" and _is_list(operation) and operation["operationId"] not in bounded
    ]
    assert endless == []


def _is_list(operation) -> bool:
    content = operation["responses"].get(200, operation["responses"].get("200", {}))
    shapes = content.get("content", {}).values()
    return any(shape.get("schema", {}).get("type") == "array" for shape in shapes)
