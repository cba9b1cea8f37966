"""What a conversation is made of, and the engine that replays it.

A flow is a generator. It yields `Ask` and gets the answer, `Say` and goes on, or `Do` and gets the result of one
storage action. Its journal keeps each answer, result and saying under a key; on the next message the flow runs again
from the start over the journal. So a conversation is a short list of JSON values and nothing else.

Entries are found by key, not by place: when a later message brings a fact that changes the questions, or an upgrade
changes them, every answer that still fits is kept and only what is new is asked.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from typing import Any, ClassVar, Literal, TypeVar

from flows.heard import Heard

Kind = Literal["yes_no", "number", "choice", "many", "text", "date", "place"]
Result = TypeVar("Result")
STEPS_AT_MOST = 1000
"""A flow that takes more steps than this in one turn is going round in circles."""


@dataclass(frozen=True)
class Choice:
    """One offered answer. `label` is a value of a text (bot.words); `finding` is the code it ticks, if any.

    `by_press`: it is never taken for what somebody typed, however like its label that is.
    """

    id: str
    label: Any
    finding: str | None = None
    by_press: bool | None = None


@dataclass(frozen=True)
class Ask:
    """A question. `reads` turns what was heard into the answer where the kind alone does not say how."""

    question: str  # stable id
    kind: Kind = "choice"
    choices: tuple[Choice, ...] = ()
    text: str = ""  # text id; left out: "ask.<question>"
    args: Mapping[str, Any] = field(default_factory=dict)
    finding: str | None = None
    verbatim: bool = False  # taken as typed: not read for remarks or wishes
    case_notes: bool = False  # a doctor writes of a patient: no emergency of the writer's is in it
    several: bool = False  # a list of people is typed here: what troubles one of them is judged one by one
    reads: Callable[[Heard], Any] | None = None  # None: this is no answer; Misfit: nearly one
    facts: Callable[[Any], dict[str, Any]] | None = None  # what the answer means for triage

    def payload(self) -> dict[str, Any]:
        """The question as it goes to the outbox."""
        asks = {"question": self.question, "finding": self.finding, "kind": self.kind}
        said: dict[str, Any] = {"text": self.text or f"ask.{self.question}", "args": dict(self.args), "ask": asks}
        if self.choices:
            said["choices"] = [_slim(choice) for choice in self.choices]
        if self.kind == "many":
            said["many"] = True
        return said


@dataclass(frozen=True)
class Say:
    """Something said. `also` goes to the JSON-lines channel as it is (outcome, booking)."""

    text: str
    args: Mapping[str, Any] = field(default_factory=dict)
    documents: tuple[Mapping[str, Any], ...] = ()
    also: Mapping[str, Any] = field(default_factory=dict)
    urgent: bool = False

    def payload(self) -> dict[str, Any]:
        """The saying as it goes to the outbox."""
        said: dict[str, Any] = {"text": self.text, "args": dict(self.args), **self.also}
        if self.documents:
            said["documents"] = [dict(document) for document in self.documents]
        return said


@dataclass(frozen=True)
class Action:
    """One storage action. `final`: it took effect among people, so "back" does not go behind it."""

    final: ClassVar[bool] = False


@dataclass(frozen=True)
class Do:
    """A storage action to perform; the flow gets its JSON result."""

    action: Action


@dataclass(frozen=True)
class Misfit:
    """An answer that was meant but cannot be: the text that says how to answer."""

    text: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Then:
    """What a flow may end with: the flow that goes on from here. A screen that is shown all day keeps no journal so."""

    flow: str
    args: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)  # the story with which it begins


Step = Ask | Say | Do
Flow = Generator[Step, Any, Result]


@dataclass
class Journal:
    """What was asked and answered, done and said in one flow, in order. `entries` are JSON."""

    entries: list[list[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._known = {(entry[0], entry[1]): entry for entry in self.entries if entry[0] != "note"}

    def get(self, kind: str, key: str) -> list[Any] | None:
        """The entry of this kind under this key."""
        return self._known.get((kind, key))

    def add(self, kind: str, key: str, *rest: Any) -> None:
        """Write an entry; an answer given again under a key takes the place of the former."""
        entry = [kind, key, *rest]
        if kind != "note" and (kind, key) in self._known:
            self.entries.remove(self._known[kind, key])
        self.entries.append(entry)
        if kind != "note":
            self._known[kind, key] = entry

    def forget(self, *questions: str) -> None:
        """Take out the answers to these questions, to be asked again; what was told otherwise stays."""
        self.entries[:] = [
            entry for entry in self.entries if entry[0] != "ask" or entry[1].split(":")[0] not in questions
        ]
        self.__post_init__()

    def goes_back(self) -> bool:
        """Whether there is an answer to take back."""
        for entry in reversed(self.entries):
            if entry[0] == "ask" or (entry[0] == "do" and entry[3]):
                return bool(entry[0] == "ask")
        return False

    def back(self) -> bool:
        """Drop the last answer or remark and what followed it. False where nothing is left, or an act took effect."""
        for place in range(len(self.entries) - 1, -1, -1):
            entry = self.entries[place]
            if entry[0] == "do" and entry[3]:
                return False
            if entry[0] in ("ask", "note"):
                del self.entries[place:]
                self.__post_init__()
                return True
        return False


@dataclass(frozen=True)
class Sprint:
    """What one run of a flow came to: what it said anew, and the question it waits at (None: it has ended)."""

    said: tuple[Say, ...]
    ask: Ask | None
    key: str | None = None
    result: Any = None


def sprint(flow: Flow[Any], journal: Journal) -> Generator[Do, Any, Sprint]:
    """Run `flow` over its journal until a question that has no answer, or its end. Actions not yet done are yielded.

    The caller sends each action's JSON result; it is journaled, so it is performed once however often the flow runs.
    """
    said: list[Say] = []
    times: Counter[str] = Counter()
    reply: Any = None
    for _ in range(STEPS_AT_MOST):
        try:
            step = flow.send(reply)
        except StopIteration as end:
            return Sprint(tuple(said), None, result=end.value)
        key = _key(step, times)
        reply = None
        match step:
            case Say():
                if not journal.get("say", key):
                    journal.add("say", key)
                    said.append(step)
            case Ask():
                entry = journal.get("ask", key)
                if entry is None or not fits(step, entry[2]):
                    return Sprint(tuple(said), step, key)
                reply = entry[2]
            case Do(action):
                entry = journal.get("do", key)
                if entry is None:
                    journal.add("do", key, (yield step), action.final)
                    entry = journal.get("do", key)
                reply = entry[2] if entry else None
    raise RuntimeError(f"a flow took more than {STEPS_AT_MOST} steps")


def fits(ask: Ask, answer: Any) -> bool:
    """Whether a kept answer can still be one to this question, as it stands now."""
    if not ask.choices or isinstance(answer, dict):
        return True
    offered = {choice.id for choice in ask.choices}
    return set(answer) <= offered if isinstance(answer, list) else answer in offered or ask.kind in ("number", "text")


def _key(step: Step, times: Counter[str]) -> str:
    match step:
        case Ask(kind="many"):  # a screen is what stands on it: another screen is another question
            name = f"{step.question}:{digest([choice.id for choice in step.choices])}"
        case Ask():
            name = f"{step.question}:{step.finding}" if step.finding else step.question
        case Say():
            name = f"{step.text}:{digest(step.args)}" if step.args else step.text
        case Do(action):
            name = f"{type(action).__name__}:{digest(vars(action))}"
    times[name] += 1
    return name if times[name] == 1 else f"{name}#{times[name]}"


def digest(value: Any) -> str:
    """A short name of a JSON value."""
    text = json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
    return blake2b(text.encode(), digest_size=6).hexdigest()


def _slim(choice: Choice) -> dict[str, Any]:
    return {f.name: getattr(choice, f.name) for f in fields(choice) if getattr(choice, f.name) is not None}
