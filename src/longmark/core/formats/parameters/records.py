"""What files of parameters hold, what is wrong in them, and how much of one is read.

A file is taken whole or not at all: half a set would look like a change. All that is wrong in it
is told at once, with its place and what to do.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from longmark.core.errors import Invalid
from longmark.core.parameters.definitions import VALUE_LENGTH, parameter_name

LIMIT_BYTES: Final = 10_000_000
LIMIT_COUNT: Final = 20_000
LIMIT_DEPTH: Final = 20
PROBLEMS_TOLD: Final = 20
_GENERAL: Final = frozenset(
    {"parameters", "parameter", "parameterset", "values", "settings", "set", "params", "data"}
)
_ALLOWED: Final = "\n\t"


class FileFormat(StrEnum):
    """How a file is written."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    XML = "xml"
    LINES = "key=value"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at one place of a file."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class ParametersInvalid(Invalid):
    """The file cannot be taken; ``problems`` names the places, the first twenty of them."""

    def __init__(
        self, message: str, *, problems: tuple[Problem, ...] = (), **values: object
    ) -> None:
        super().__init__(message, field="file", **values)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter as a file states it; ``title`` is what the file calls it beside its name."""

    place: str
    name: str
    value: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ParameterFile:
    """What a file says: values by name, and titles where it has any."""

    format: FileFormat
    values: dict[str, str]
    titles: dict[str, str] = field(default_factory=dict)


class Gathering:
    """Entries of one file, with what is wrong among them."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self._places: dict[str, str] = {}
        self._problems: list[Problem] = []

    def add(self, entry: Entry) -> None:
        """Take one entry, or note what is wrong with it."""
        if len(self.values) >= LIMIT_COUNT:
            raise ParametersInvalid(
                "The file holds more than {limit} parameters.", limit=f"{LIMIT_COUNT:,}"
            )
        try:
            name = parameter_name(entry.name)
            value = plain_value(entry.value, name)
        except Invalid as invalid:
            self.refuse(entry.place, str(invalid))
            return
        folded = name.casefold()
        if folded in self._places and self.values.get(name) != value:
            said = "{name} stands at {first} with another value: keep one of them."
            told = str(Invalid(said, name=name, first=self._places[folded]))
            self.refuse(entry.place, told)
            return
        self._places.setdefault(folded, entry.place)
        self.values[name] = value
        if entry.title:
            self.titles[name] = entry.title[:VALUE_LENGTH]

    def refuse(self, place: str, reason: str) -> None:
        """Note something that cannot be read."""
        if len(self._problems) < PROBLEMS_TOLD:
            plain = place.encode("utf-8", "backslashreplace").decode()
            self._problems.append(Problem(plain, reason))

    def file(self, file_format: FileFormat) -> ParameterFile:
        """Return what was gathered.

        Raises:
            ParametersInvalid: something was wrong, or there is nothing.
        """
        if self._problems:
            raise ParametersInvalid(
                "The file was not taken. {first}",
                problems=tuple(self._problems),
                first=str(self._problems[0]),
            )
        if not self.values:
            raise ParametersInvalid("The file holds no parameters.")
        return ParameterFile(file_format, self.values, self.titles)


def plain_value(text: str, name: str) -> str:
    """Return a value without blanks at its ends, line ends as one character.

    Raises:
        Invalid: it is too long, or holds control characters.
    """
    value = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(value) > VALUE_LENGTH:
        raise Invalid(
            "The value of {name} has {length} characters; {limit} is the most.",
            name=name,
            length=f"{len(value):,}",
            limit=f"{VALUE_LENGTH:,}",
        )
    if any((each < " " and each not in _ALLOWED) or "\ud800" <= each <= "\udfff" for each in value):
        raise Invalid("The value of {name} holds control characters.", name=name)
    return value


def joined(group: str, name: str) -> str:
    """Return the name of a parameter in a group; a name that has its group in it stays.

    >>> joined("P10", "07"), joined("Network", "P10.07"), joined("parameters", "speed")
    ('P10.07', 'P10.07', 'speed')
    """
    if not group or "." in name or group.casefold() in _GENERAL:
        return name
    return f"{group}.{name}"
