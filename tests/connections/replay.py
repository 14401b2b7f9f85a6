"""Servers that answer as real ones did: what was recorded of them, and nothing that was not."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import orjson

from tests.connections.players import Asked, Player, Reply

RECORDED = Path(__file__).parent / "recorded"
_MARK = re.compile(rb"longmark:[0-9a-f]+")


class Recorded(Player):
    """A real server, as far as it was recorded; `phase` is what is being done with it.

    A question that was never put to the real one is answered by no answer, and kept in `unknown`.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        kept = orjson.loads((RECORDED / f"{name}.json").read_bytes())
        self.page_rows: int = kept["page rows"]
        self.phase = ""
        self.unknown: list[Asked] = []
        self.answers: dict[bytes, list[Reply]] = defaultdict(list)
        for phase, exchanges in kept["phases"].items():
            for each in exchanges:
                sign = _sign(
                    phase, each["method"], each["path"], each.get("query"), each.get("body")
                )
                self.answers[sign].append(Reply(each["status"], each["answer"]))

    def lets_in(self, asked: Asked) -> bool:
        return True

    def answer(self, asked: Asked) -> Reply:
        sign = _sign(self.phase, asked.method, asked.path, asked.query, asked.body)
        waiting = self.answers.get(sign)
        if not waiting:
            self.unknown.append(asked)
            return Reply(400, {"message": f"Nobody asked {asked.path} {asked.query} {asked.body}"})
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


def _sign(phase: str, method: str, path: str, query: Any, body: Any) -> bytes:
    """Tell one question from another; the mark of a note is of the unit here."""
    said = [phase, method, path.replace("%20", " "), query or {}, body]
    return _MARK.sub(b"longmark:", orjson.dumps(said, option=orjson.OPT_SORT_KEYS))
