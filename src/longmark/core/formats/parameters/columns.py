"""What names, values and titles are called in files, English and German."""

from typing import Final

_WORDS: Final = {
    "name": "parameter|parameters|name|number|no|nr|nummer|id|key|p-no|p no|p-nr|parameter number"
    "|parameter no|parameternummer|parameter-nr|parameternr|param|kennung|bezeichner",
    "value": "value|val|wert|current value|actual value|istwert|aktueller wert|setting"
    "|einstellung|current|actual",
    "title": "title|meaning|description|text|label|bezeichnung|bedeutung|beschreibung|comment",
}
_MEANINGS: Final = {word: meaning for meaning, words in _WORDS.items() for word in words.split("|")}


def folded(text: str) -> str:
    """Return the form in which such words are compared."""
    return " ".join(text.strip().casefold().replace("_", " ").split())


def meant(text: str) -> str:
    """Return what a column or member holds: ``name``, ``value``, ``title``, or nothing known."""
    return _MEANINGS.get(folded(text), "")
