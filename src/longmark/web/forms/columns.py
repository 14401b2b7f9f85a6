"""Forms about the columns of a list: how its file is read, and which column is which."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.core.formats.sheets.encodings import ENCODINGS
from longmark.core.formats.sheets.headers import Column, folded_header, header
from longmark.core.formats.sheets.mapping import ColumnMap, read_map
from longmark.core.formats.sheets.tables import How

TAB = "tab"
ZONES = ("UTC", "Europe/Berlin", "Europe/London", "America/New_York", "Asia/Shanghai")
NO_NAMES = {
    Column.SLOT, Column.SLOT_SERIAL, Column.SLOT_QUANTITY, Column.PARAMETER, Column.ALIAS,
    Column.IGNORED,
}  # fmt: skip
OF_SLOTS = (Column.SLOT, Column.SLOT_SERIAL, Column.SLOT_QUANTITY)
ALIASES = ("equipment", "mac", "customer tag", "link")
LINES_LIMIT_CHARACTERS = 20_000


class HowForm(forms.Form):
    """How a file is to be read; what is left open is found out."""

    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding"),
        required=False,
        choices=[("", gettext_lazy("found out")), *((each, each) for each in ENCODINGS)],
    )
    delimiter = forms.CharField(
        label=gettext_lazy("Delimiter"),
        required=False,
        max_length=3,
        widget=forms.TextInput(attrs={"class": "mono", "placeholder": gettext_lazy("found out")}),
    )
    page = forms.CharField(label=gettext_lazy("Sheet"), required=False, max_length=200)
    header_row = forms.IntegerField(
        label=gettext_lazy("Row with the names of columns"), required=False, min_value=0
    )

    def how(self) -> How:
        """Return what was said."""
        if not self.is_valid():
            return How()
        said = self.cleaned_data
        delimiter = "\t" if said["delimiter"].casefold() == TAB else said["delimiter"]
        return How(said["encoding"], delimiter, said["page"], said["header_row"] or 0)


def how_as_words(how: How) -> dict[str, Any]:
    """Return the inverse of `HowForm.how`, for its fields."""
    return {
        "encoding": how.encoding,
        "delimiter": TAB if how.delimiter == "\t" else how.delimiter,
        "page": how.page,
        "header_row": how.header_row or "",
    }


class ColumnsForm(forms.Form):
    """Which column of a file is which column of a list, with what is said beside."""

    fixed = forms.CharField(
        label=gettext_lazy("Fixed values"),
        required=False,
        max_length=LINES_LIMIT_CHARACTERS,
        help_text=gettext_lazy("One a line: item = TG-200. For columns that are missing or empty."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono"}),
    )
    words = forms.CharField(
        label=gettext_lazy("What cells mean"),
        required=False,
        max_length=LINES_LIMIT_CHARACTERS,
        help_text=gettext_lazy("One a line: event: EDEL = shipped. The cell * is any other."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono"}),
    )
    cleaned = forms.CharField(
        label=gettext_lazy("What is taken off"),
        required=False,
        max_length=LINES_LIMIT_CHARACTERS,
        help_text=gettext_lazy(
            "One a line: serial = padding (zeros that fill a field of SAP), date = day (days that "
            "mean none) or date = clock (the time of day), item = code (the code in brackets "
            "before a name)."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono"}),
    )
    zone = forms.CharField(
        label=gettext_lazy("Zone of clocks that state none"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("As in Europe/Berlin; UTC if empty. Days without a time have none."),
        widget=forms.TextInput(attrs={"list": "zones"}),
    )
    save_as = forms.CharField(
        label=gettext_lazy("Remember this as the profile"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Lists with the same columns are then recognised."),
    )
    is_taken_unasked = forms.BooleanField(
        label=gettext_lazy("Take lists of this profile from the watched folder without asking"),
        required=False,
    )

    def __init__(
        self,
        data: Any,
        *,
        columns: list[dict[str, Any]],
        column_map: ColumnMap,
        profile: str,
        slots: list[str],
        is_guessed: bool,
    ) -> None:
        super().__init__(data, initial=_initial(column_map, profile))
        self.columns = columns
        self.column_map_before = column_map
        self.profile = profile
        for place, column in enumerate(columns):
            self.fields[f"column_{place}"] = forms.CharField(
                label=column["stated"] or _("column {number}").format(number=place + 1),
                required=False,
                max_length=100,
                initial="" if is_guessed and _is_no_slot(column["name"], slots) else column["name"],
                widget=forms.TextInput(attrs={"list": "columns", "class": "mono"}),
            )

    def rows(self) -> list[tuple[dict[str, Any], forms.BoundField]]:
        """Return each column of the file with its field."""
        return [(column, self[f"column_{place}"]) for place, column in enumerate(self.columns)]

    def column_map(self) -> ColumnMap:
        """Return what was said.

        Raises:
            Invalid: it cannot be.
        """
        said = self.cleaned_data
        names = {
            folded_header(column["stated"]): said[f"column_{place}"].strip()
            for place, column in enumerate(self.columns)
            if column["stated"]
        }
        words: dict[str, dict[str, str]] = {}
        for left, right in _pairs(said["words"]):
            column, _colon, cell = left.partition(":")
            words.setdefault(column.strip(), {})[cell.strip()] = right
        return read_map(
            {
                "columns": [list(pair) for pair in names.items()],
                "fixed": dict(_pairs(said["fixed"])),
                "words": words,
                "cleaned": dict(_pairs(said["cleaned"])),
                "zone": said["zone"].strip(),
            }
        )


def column_names(slots: list[str]) -> list[str]:
    """Return what a column may be: those of every list, and the slots that there are."""
    own = [column.value for column in Column if column not in NO_NAMES]
    return [*own, *ALIASES, *slots, *(f"{slot} serial" for slot in slots)]


def _is_no_slot(name: str, slots: list[str]) -> bool:
    """Whether a name that was taken for a slot is none: whoever guesses takes it for nothing."""
    found = header(name)
    return found.column in OF_SLOTS and found.name.rpartition("/")[2] not in slots


def _initial(column_map: ColumnMap, profile: str) -> dict[str, str]:
    words = [
        f"{column}: {cell} = {meant}"
        for column, said in column_map.words.items()
        for cell, meant in said.items()
    ]
    return {
        "fixed": _lines(column_map.fixed),
        "words": "\n".join(words),
        "cleaned": _lines(column_map.cleaned),
        "zone": column_map.zone,
        "save_as": profile,
    }


def _lines(pairs: Mapping[str, str]) -> str:
    return "\n".join(f"{name} = {value}" for name, value in pairs.items())


def _pairs(text: str) -> list[tuple[str, str]]:
    """Read ``name = value`` line by line; a line without a sign says nothing."""
    lines = (line.partition("=") for line in text.splitlines() if "=" in line)
    return [(name.strip(), value.strip()) for name, _sign, value in lines if name.strip()]
