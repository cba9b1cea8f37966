r"""Whole conversations, foldered by what people do. A turn: what comes in, and what must be said because of it.

- says: "amar 3 din dhore jor"      # or press, location, media, edited, contact (as in docs/jsonl.md), or clock
  chat: p1                          # p1 if left out
  to: p2                            # whose messages are looked at, if not the same
  asks: age                         # the question that stands afterwards (null: none)
  hears: [outcome.consultation]     # text ids that are said, in this order
  words: ["১০২"]                    # words that stand in what is said; not_words: that do not
  lang: bn                          # of what is said
  level: emergency                  # of the outcome that is said, or a list of accepted ones; specialty likewise
  booked: true                      # whether a booking is said
  documents: [token.png]
- press: "coming:*"                 # the last shown choice that begins so
- enrol: {role: doctor, chat: d1}   # makes a chat staff: the doctor of the newest booking, or an ASHA worker
- keeps: "\d{4} \d{4}"             # of what is said: "{kept}" in what is said later stands for it
- until: place                      # answers what triage asks (none, no, 30, ...) until this question stands
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.driving import Service
from tests.enrolling import enrol

HERE = Path(__file__).parent
INPUTS = {"says": "text"} | {name: name for name in ("press", "location", "media", "edited", "contact")}
CHECKS = {"asks", "hears", "words", "not_words", "lang", "level", "specialty", "booked", "documents", "keeps"}
DIALOGUES = [(path, one) for path in sorted(HERE.rglob("*.yaml")) for one in yaml.safe_load(path.read_text("utf-8"))]
ANSWERS: dict[str, Any] = {
    "language": "bn", "consent": "yes", "complaint": "matha betha", "who": "self", "sex": "male", "pregnant": "no",
    "danger_signs": ["none"], "age": "30", "duration": "3", "after_self_care": "doctor", "place": "memari",
    "name": "Rahim Sekh", "member_consent": "patient_present", "child_consent": "mother", "consent_how": "in_person",
}  # fmt: skip
STEPS_AT_MOST = 25
Said = list[dict[str, Any]]


class Talk:
    """One dialogue: the service, the last message to each chat, and every choice shown to it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.last: dict[str, dict[str, Any]] = {}
        self.shown: dict[str, list[str]] = defaultdict(list)
        self.kept = ""

    async def come_in(self, turn: dict[str, Any], chat: str) -> Said:
        """What one turn brings in, and everything said because of it."""
        if "enrol" in turn:
            await enrol(self.service, **turn["enrol"])
            return []
        if "clock" in turn:
            return self._seen(await self.service.send(clock=turn["clock"]))
        given = {sent: turn[name] for name, sent in INPUTS.items() if name in turn}
        if "text" in given:
            given["text"] = given["text"].replace("{kept}", self.kept)
        if str(given.get("press", "")).endswith("*"):
            start = given["press"].rstrip("*")
            given["press"] = next(id for id in reversed(self.shown[chat]) if id.startswith(start))
        said = self._seen(await self.service.send(chat=chat, **given)) if given else []
        return said + await self._until(turn["until"], chat) if "until" in turn else said

    async def _until(self, question: str, chat: str) -> Said:
        said: Said = []
        for _ in range(STEPS_AT_MOST):
            asks = self.last[chat].get("asks", {})
            if asks.get("question") == question:
                return said
            answer = ANSWERS.get(asks["question"]) or ("no" if asks["kind"] == "yes_no" else self._first(chat))
            offered = {choice["id"] for choice in self.last[chat].get("choices", ())}
            pressed = set(answer if isinstance(answer, list) else [answer]) <= offered
            said += self._seen(await self.service.send(chat=chat, **{"press" if pressed else "text": answer}))
        raise AssertionError(f"{question!r} was not asked within {STEPS_AT_MOST} answers")

    def keep(self, turn: dict[str, Any], text: str, where: str) -> None:
        """What stands in the text as the turn says it does, for later turns."""
        if "keeps" in turn:
            found = re.search(turn["keeps"], text)
            assert found, f"{where}: nothing like {turn['keeps']!r} is in\n{text}"
            self.kept = found[0]

    def _first(self, chat: str) -> str:
        return str(self.last[chat]["choices"][0]["id"])

    def _seen(self, said: Said) -> Said:
        for message in said:
            self.last[message["chat"]] = message
            self.shown[message["chat"]] += [choice["id"] for choice in message.get("choices", ())]
        return said


@pytest.mark.parametrize(
    ("path", "dialogue"), DIALOGUES, ids=[f"{p.parent.name}/{p.stem}: {d['name']}" for p, d in DIALOGUES]
)
async def test_dialogue(path: Path, dialogue: dict[str, Any], service: Service) -> None:
    """The conversation goes as written."""
    talk = Talk(service)
    for number, turn in enumerate(dialogue["turns"], 1):
        unknown = set(turn) - set(INPUTS) - CHECKS - {"chat", "clock", "enrol", "to", "until"}
        assert not unknown, f"{path.name}, turn {number}: {unknown} is no part of a turn"
        chat = turn.get("chat", "p1")
        said = await talk.come_in(turn, chat)
        to = turn.get("to", chat)
        seen = [m for m in said if m["chat"] == to]
        where = f"{path.name}, {dialogue['name']}, turn {number}"
        _check(turn, seen, where)
        talk.keep(turn, "\n".join(map(_read, seen)), where)


def _check(turn: dict[str, Any], said: Said, where: str) -> None:
    ids, text = [message["id"] for message in said], "\n".join(_read(message) for message in said)
    if "asks" in turn:
        asked = next((message["asks"]["question"] for message in reversed(said) if "asks" in message), None)
        assert asked == turn["asks"], f"{where}: asked {asked!r}, not {turn['asks']!r}\n{text}"
    if "hears" in turn:
        assert [id for id in ids if id in turn["hears"]] == turn["hears"], f"{where}: said {ids}\n{text}"
    for words in turn.get("words", ()):
        assert words in text, f"{where}: {words!r} is not in\n{text}"
    for words in turn.get("not_words", ()):
        assert words not in text, f"{where}: {words!r} is in\n{text}"
    if "lang" in turn:
        assert {message["lang"] for message in said} == {turn["lang"]}, f"{where}: {text}"
    _check_outcome(turn, said, where)


def _read(message: dict[str, Any]) -> str:
    """A message with its buttons, as on the screen."""
    return "\n".join([message["text"], *(choice["label"] for choice in message.get("choices", ()))])


def _check_outcome(turn: dict[str, Any], said: Said, where: str) -> None:
    outcome = next((message["outcome"] for message in said if "outcome" in message), {})
    for name in ("level", "specialty"):
        if name in turn:
            accepted = turn[name] if isinstance(turn[name], list) else [turn[name]]
            assert outcome.get(name) in accepted, f"{where}: {outcome or [m['id'] for m in said]}"
    if "booked" in turn:
        assert any("booking" in message for message in said) == turn["booked"], f"{where}: {said}"
    if "documents" in turn:
        names = [document["name"] for message in said for document in message.get("documents", ())]
        assert names == turn["documents"], f"{where}: {names}"
