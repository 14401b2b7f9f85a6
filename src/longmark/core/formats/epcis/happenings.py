"""What one event of EPCIS says of which units, in the words of lists."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

from longmark.core.errors import Invalid
from longmark.core.formats.epcis import vocabulary
from longmark.core.formats.epcis.naming import Piece, party_of, piece_of
from longmark.core.formats.sheets.headers import Column, header
from longmark.core.life.events import Kind, Outcome

Cells: TypeAlias = dict[str, str]

SOURCE: Final = "epcis"
LIMIT_WORDS: Final = 100
REASON_LIMIT: Final = 200
ALL_PARTS: Final = "all"
"""In place of a part that is taken out: whatever is in the unit then."""

# what comes first of what happened at one instant
_FIRST, _AWAY, _IN, _REST, _TAKEN_BACK = range(5)
_ACTIONS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.BUILT: (vocabulary.ADD,),
    Kind.DECOMMISSIONED: (vocabulary.DELETE, vocabulary.OBSERVE),
    Kind.SCRAPPED: (vocabulary.DELETE, vocabulary.OBSERVE),
}
_OF_THE_PIECE = frozenset({Column.ITEM, Column.SERIAL, Column.DISCRIMINATOR, Column.IGNORED})


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one unit; ``rank`` orders what happened at the same instant."""

    cells: Cells
    rank: int


def said_by(event: Mapping[str, Any], at: datetime) -> Iterator[Said]:
    """Yield what an event says.

    Raises:
        Invalid: it has no counterpart in the life of a unit, or names no unit.
    """
    kind = event.get("type")
    if (error := event.get("errorDeclaration")) is not None:
        yield from _declared_wrong(event, error, at)
    elif vocabulary.ROW in event:
        yield from _row_of_ours(event, at)
    elif kind == vocabulary.OBJECT:
        yield from _of_objects(event, at)
    elif kind in (vocabulary.AGGREGATION, vocabulary.ASSOCIATION):
        yield from _of_parts(event, at)
    else:
        raise Invalid(
            "{type} has no counterpart in the life of a unit.",
            field="type",
            type=str(kind)[:60],
        )


def _declared_wrong(event: Mapping[str, Any], error: Any, at: datetime) -> Iterator[Said]:
    """Yield what an event says that was told in error, to be taken back where it is known."""
    if not isinstance(error, dict):
        raise Invalid("The declaration of an error is no object.", field="errorDeclaration")
    stated = error.get("reason")
    reason = vocabulary.term(stated.strip()) if isinstance(stated, str) else ""
    cells = {Column.WRONG.value: reason.replace("_", " ")[:REASON_LIMIT] or "declared in error"}
    said = {name: value for name, value in event.items() if name != "errorDeclaration"}
    for each in said_by(said, at):
        yield Said({**each.cells, **cells}, _TAKEN_BACK)


def corrective_ids(event: Mapping[str, Any]) -> list[str]:
    """Return the ids of the events that say what is true, instead of one told in error."""
    error = event.get("errorDeclaration")
    stated = error.get("correctiveEventIDs") if isinstance(error, dict) else None
    return [each for each in stated if isinstance(each, str)] if isinstance(stated, list) else []


def _row_of_ours(event: Mapping[str, Any], at: datetime) -> Iterator[Said]:
    """Take the row that Longmark wrote beside the event; the unit is that of the event."""
    stated = event[vocabulary.ROW]
    if not isinstance(stated, dict) or len(stated) > LIMIT_WORDS:
        raise Invalid(
            "{name} is no object of at most {limit} members.",
            field=vocabulary.ROW,
            name=vocabulary.ROW,
            limit=LIMIT_WORDS,
        )
    cells: Cells = {}
    for name, text in stated.items():
        if not isinstance(text, str):
            raise Invalid("{name} is no text.", field=vocabulary.ROW, name=name[:60])
        column = _column(name)
        if column:
            cells[column] = text
    first, *others = _pieces(event, "epcList") or [piece_of(event.get("parentID"))]
    if others:
        raise Invalid("A row is about one unit.", field=vocabulary.ROW)
    brings = cells.get(Column.EVENT.value) in {Kind.BUILT, Kind.SERIAL_ASSIGNED}
    told = {Column.DATE.value: at.isoformat(), **cells, **_unit(first)}
    yield Said(told, _FIRST if brings else _REST)


def _column(name: str) -> str:
    """Return a column's name as every row has it, so that no two are twins."""
    found = header(name)
    if found.column in _OF_THE_PIECE:
        return ""
    if found.column is Column.SLOT_SERIAL:
        return f"{found.name} serial"
    if found.column is Column.SLOT_QUANTITY:
        return f"{found.name} quantity"
    if found.column in (Column.SLOT, Column.PARAMETER):
        return found.name
    return found.column.value


def _of_objects(event: Mapping[str, Any], at: datetime) -> Iterator[Said]:
    pieces = _pieces(event, "epcList") + _batches(event, "quantityList")
    if not pieces:
        raise Invalid("It names no unit.", field="epcList")
    step, action = _word(event, "bizStep"), event.get("action")
    kind = _kind(step, action)
    told = {
        Column.EVENT.value: kind,
        Column.DATE.value: at.isoformat(),
        Column.SOURCE.value: _source(event),
        **_moved(event, kind),
        **_outcome(event, kind),
    }
    rma = _transaction(event, "rma")
    if kind == Kind.TRANSFERRED and (rma or _word(event, "disposition") == "returned"):
        told[Column.EVENT.value] = Kind.RETURNED.value
        told.pop(Column.CUSTOMER.value, None)  # it came back to its maker
    if rma and told[Column.EVENT.value] in (Kind.RETURNED, Kind.REPAIRED, Kind.TESTED):
        told[Column.RMA.value] = rma
    for piece in pieces:
        yield Said({**told, **_unit(piece)}, _FIRST if kind == Kind.BUILT else _REST)


def _kind(step: str, action: object) -> str:
    """Return the word of lists for a business step."""
    if action not in (vocabulary.ADD, vocabulary.OBSERVE, vocabulary.DELETE):
        raise Invalid('"{action}" is no action.', field="action", action=str(action)[:40])
    if own := vocabulary.own_kind(step):
        return own
    if not step and action == vocabulary.ADD:
        return Kind.BUILT.value
    kind = vocabulary.READ_STEPS.get(step)
    if kind is None:
        raise Invalid(
            'The business step "{step}" has no counterpart in the life of a unit. Taken are:'
            " {known}; and parts put in and taken out, by AssociationEvent.",
            field=Column.EVENT.value,
            step=step[:80] or "none",
            known=", ".join(vocabulary.READ_STEPS),
        )
    if action not in _ACTIONS.get(kind, (vocabulary.OBSERVE,)):
        raise Invalid(
            'The business step "{step}" does not go with the action {action}.',
            field="action",
            step=step,
            action=action,
        )
    return kind.value


def _of_parts(event: Mapping[str, Any], at: datetime) -> Iterator[Said]:
    host = piece_of(event.get("parentID"))
    step, action = _word(event, "bizStep"), str(event.get("action"))
    steps = {vocabulary.ADD: vocabulary.JOINING_STEPS, vocabulary.DELETE: vocabulary.PARTING_STEPS}
    is_packing = event["type"] == vocabulary.AGGREGATION and not step
    if action not in steps or step not in steps[action] or is_packing:
        raise Invalid(
            'Parts with the action {action} and the business step "{step}" have no counterpart in'
            " the life of a unit: packed is not built in.",
            field=Column.EVENT.value,
            action=action[:40],
            step=step[:80] or "none",
        )
    if event.get("childQuantityList"):
        raise Invalid("Name the parts one by one; quantities of a kind are not taken.",
                      field="childQuantityList")  # fmt: skip
    children = _pieces(event, "childEPCs")
    is_in = action == vocabulary.ADD
    if not children and is_in:
        raise Invalid("It names no part. Name each part that was put in.", field="childEPCs")
    slot = event.get(vocabulary.SLOT)
    for part in [f"{each.item} {each.serial}" for each in children] or [ALL_PARTS]:
        cells = {
            Column.EVENT.value: (Kind.INSTALLED if is_in else Kind.REMOVED).value,
            Column.DATE.value: at.isoformat(),
            Column.SOURCE.value: _source(event),
            Column.PART.value: part,
            Column.PART_SLOT.value: slot if isinstance(slot, str) else "",
        }
        yield Said({**cells, **_unit(host)}, _IN if is_in else _AWAY)


def _unit(piece: Piece) -> Cells:
    return {
        Column.ITEM.value: piece.item,
        Column.SERIAL.value: piece.serial,
        Column.DISCRIMINATOR.value: piece.discriminator,
    }


def _word(event: Mapping[str, Any], name: str) -> str:
    stated = event.get(name)
    return vocabulary.term(stated.strip()) if isinstance(stated, str) else ""


def _pieces(event: Mapping[str, Any], name: str) -> list[Piece]:
    stated = event.get(name)
    return [piece_of(uri) for uri in stated] if isinstance(stated, list) else []


def _batches(event: Mapping[str, Any], name: str) -> list[Piece]:
    stated = event.get(name)
    if not isinstance(stated, list):
        return []
    return [piece_of(each.get("epcClass") if isinstance(each, dict) else None) for each in stated]


def _listed(event: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    stated = event.get(name)
    if isinstance(stated, list):
        yield from (each for each in stated if isinstance(each, dict))


def _moved(event: Mapping[str, Any], kind: str) -> Cells:
    """Return into whose hands a unit went: its new owner's, else who has it."""
    if kind not in (Kind.SHIPPED, Kind.TRANSFERRED):
        return {}
    stated = {
        vocabulary.term(str(each.get("type"))): party_of(each.get("destination"))
        for each in _listed(event, "destinationList")
    }
    party = stated.get("owning_party") or stated.get("possessing_party")
    return {Column.CUSTOMER.value: party} if party else {}


def _outcome(event: Mapping[str, Any], kind: str) -> Cells:
    if kind != Kind.TESTED:
        return {}
    disposition = _word(event, "disposition")
    if disposition in vocabulary.PASSED:
        return {Column.RESULT.value: Outcome.PASSED.value}
    if disposition in vocabulary.FAILED:
        return {Column.RESULT.value: Outcome.FAILED.value}
    raise Invalid(
        'It does not say how the inspection ended: its disposition is "{disposition}".',
        field=Column.RESULT.value,
        disposition=disposition[:80] or "none",
    )


def _transaction(event: Mapping[str, Any], kind: str) -> str:
    """Return the number of a business transaction of one type."""
    for each in _listed(event, "bizTransactionList"):
        stated = each.get("bizTransaction")
        if vocabulary.term(str(each.get("type"))) == kind and isinstance(stated, str):
            return unquote(stated.rpartition(":")[2]) if stated.startswith("urn:") else stated
    return ""


def _source(event: Mapping[str, Any]) -> str:
    """Return the first business transaction, by which people find the paper again."""
    for each in _listed(event, "bizTransactionList"):
        stated = each.get("bizTransaction")
        if isinstance(stated, str) and 0 < len(stated) <= 120:
            return stated
    return SOURCE
