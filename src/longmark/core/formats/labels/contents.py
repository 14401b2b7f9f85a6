"""What stands on a label."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """The words on the label of a unit, and the link that its code holds."""

    link: str
    serial: str
    item: str
    title: str = ""
    company: str = ""
