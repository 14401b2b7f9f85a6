"""What makes a dataclass an entry of the ledger."""

from dataclasses import Field, dataclass
from typing import Any, ClassVar, Protocol


class EntryPayload(Protocol):
    """A frozen dataclass whose fields are the payload; ``ACTION`` says what happened."""

    ACTION: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


@dataclass(frozen=True)
class ReactionFailed:
    """A follower of the ledger could not do what an entry asks for."""

    ACTION: ClassVar[str] = "ledger.reaction-failed"
    follower: str
    position: int
    error: str
