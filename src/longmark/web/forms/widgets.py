"""What fields look like, and in which rows they stand."""

from typing import Any

from django import forms

Rows = tuple[tuple[str, ...], ...]
"""Names of fields that stand side by side where there is room; others have a row of their own."""


class DayInput(forms.DateInput):
    """A calendar day; the browser brings the calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ListedInput(forms.TextInput):
    """A text with suggestions, which stand in the page under the name of the field."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, {"list": f"known-{name}", **(attrs or {})})
