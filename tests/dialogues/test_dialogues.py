"""Whole conversations, foldered by what people do. A turn: what comes in, and what must be said because of it.

- says: "amar 3 din dhore jor"      # or press: yes / press: [stiff_neck] / location: {lat, lon} / clock: ISO / media: photo
  chat: p1                          # p1 if left out
  asks: age                         # the question that stands afterwards (null: none)
  hears: [outcome.consultation]     # text ids, in this order, among what was said (to: chat p1 unless "hears_chat")
  words: ["১০২"]                    # words that must stand in what was said
  not_words: [...]                  # words that must not
  lang: bn                          # of what was said
  level: emergency                  # of the outcome said; or a list of accepted ones
  specialty: paediatrics
  booked: true                      # a booking was said
  enrol: {role: doctor|asha, chat: d1}   # instead of what comes in: make a chat staff (a doctor of the last booking)
  until: place                      # answer triage's questions ("none", "no", age 30, ...) until this one stands
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.driving import Service
from tests.enrolling import enrol

HERE = Path(__file__).parent
INPUTS = {
    "says": "text",
    "press": "press",
    "location": "location",
    "media": "media",
    "edited": "edited",
    "contact": "contact",
}
CHECKS = {"asks", "hears", "words", "not_words", "lang", "level", "specialty", "booked", "documents"}
DIALOGUES = [(path, one) for path in sorted(HERE.rglob("*.yaml")) for one in yaml.safe_load(path.read_text("utf-8"))]
ANSWERS = {
    "language": "bn", "consent": "yes", "who": "self", "sex": "female", "pregnant": "no", "danger_signs": ["none"], "age": "30",
    "name": "Rahima Bibi", "member_consent": "patient_present", "duration": "3",
}  # fmt: skip
STEPS_AT_MOST = 25


@pytest.mark.parametrize(
    ("path", "dialogue"), DIALOGUES, ids=[f"{p.parent.name}/{p.stem}: {d['name']}" for p, d in DIALOGUES]
)
async def test_dialogue(path: Path, dialogue: dict[str, Any], service: Service) -> None:
    """The conversation goes as written."""
    standing: dict[str, Any] = {}
    for number, turn in enumerate(dialogue["turns"], 1):
        unknown = set(turn) - set(INPUTS) - CHECKS - {"chat", "clock", "enrol", "until"}
        assert not unknown, f"{path.name}, turn {number}: {unknown} is no part of a turn"
        chat = turn.get("chat", "p1")
        said = await _come_in(service, turn, chat)
        if turn.get("until"):
            said += await _answer_until(service, turn["until"], chat, said)
        mine = [message for message in said if message.get("chat") == chat]
        standing[chat] = mine[-1] if mine else {}
        _check(turn, mine, f"{path.name}, {dialogue['name']}, turn {number}")


async def _come_in(service: Service, turn: dict[str, Any], chat: str) -> list[dict[str, Any]]:
    if "enrol" in turn:
        await enrol(service, **turn["enrol"])
        return []
    if "clock" in turn:
        return await service.send(clock=turn["clock"])
    for name, sent in INPUTS.items():
        if name in turn:
            return await service.send(chat=chat, **{sent: turn[name]})
    return []


async def _answer_until(service: Service, question: str, chat: str, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    more: list[dict[str, Any]] = []
    for _ in range(STEPS_AT_MOST):
        last = (said + more)[-1]
        asks = last.get("asks", {})
        if asks.get("question") in (question, None):
            return more
        more += await _answer(service, chat, last, asks)
    raise AssertionError(f"{question!r} was not asked within {STEPS_AT_MOST} answers")


async def _answer(service: Service, chat: str, last: dict[str, Any], asks: dict[str, Any]) -> list[dict[str, Any]]:
    answer = ANSWERS.get(asks["question"], "no" if asks["kind"] == "yes_no" else None)
    if answer is None:
        answer = last["choices"][0]["id"]
    offered = {choice["id"] for choice in last.get("choices", ())}
    pressed = set(answer if isinstance(answer, list) else [answer]) <= offered
    return await service.send(chat=chat, **{"press" if pressed else "text": answer})


def _check(turn: dict[str, Any], said: list[dict[str, Any]], where: str) -> None:
    ids, text = [message["id"] for message in said], "\n".join(message["text"] for message in said)
    asked = next((message["asks"]["question"] for message in reversed(said) if "asks" in message), None)
    outcome = next((message["outcome"] for message in said if "outcome" in message), {})
    if "asks" in turn:
        assert asked == turn["asks"], f"{where}: asked {asked!r}, not {turn['asks']!r}\n{text}"
    if "hears" in turn:
        assert [id for id in ids if id in turn["hears"]] == turn["hears"], f"{where}: said {ids}\n{text}"
    for words in turn.get("words", ()):
        assert words in text, f"{where}: {words!r} is not in\n{text}"
    for words in turn.get("not_words", ()):
        assert words not in text, f"{where}: {words!r} is in\n{text}"
    if "lang" in turn:
        assert {message["lang"] for message in said} == {turn["lang"]}, f"{where}: {text}"
    if "level" in turn:
        levels = turn["level"] if isinstance(turn["level"], list) else [turn["level"]]
        assert outcome.get("level") in levels, f"{where}: {outcome or 'no outcome'}\n{text}"
    if "specialty" in turn:
        assert outcome.get("specialty") == turn["specialty"], f"{where}: {outcome}"
    if "booked" in turn:
        assert any("booking" in message for message in said) == turn["booked"], f"{where}: {ids}"
    if "documents" in turn:
        names = [document["name"] for message in said for document in message.get("documents", ())]
        assert names == turn["documents"], f"{where}: {names}"
