"""The doctor's summary through the whole service: taps counted, corrections, and a paper given to a relative."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import Connection, func, select, update

from bot.channels.jsonl import CHANNEL
from bot.perform import Acting, perform
from flows.papers_actions import GivePaper, NotUnderstood, Paper
from flows.talk import Action
from storage import people, staff
from storage.tables import Audit, CallTask, Consult, Favourite, Outbox, Person
from tests.driving import Service
from tests.enrolling import enrol

MORNING = "2026-11-23T08:30+05:30"
TRIAGE: dict[str, Any] = {
    "language": "en", "consent": "yes", "who": "self", "sex": "male", "danger_signs": "none", "age": "30",
    "duration": "12", "confirm": "yes", "place": "memari", "name": "Rahim Sekh", "member_consent": "patient_present",
}  # fmt: skip


class Visit:
    """A patient with a token, the doctor of it, and how often the doctor had to touch the screen."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.last: dict[str, Any] = {}
        self.taps = 0

    async def booked(self, chat: str = "p1") -> None:
        said = await self.service.send(chat=chat, text="itching for 12 days")
        for _ in range(25):
            if any("booking" in one for one in said):
                return
            asks = next(one for one in reversed(said) if "asks" in one)
            offered = [one["id"] for one in asks.get("choices", ())]
            question = asks["asks"]["question"]
            answer = TRIAGE.get(question) or (
                "yes" if question == "confirm" else "no" if "no" in offered else offered[0]
            )
            said = await self.service.send(chat=chat, **{"press" if answer in offered else "text": answer})
        raise AssertionError("no token after 25 answers")

    async def tap(self, start: str, chat: str = "d1") -> list[dict[str, Any]]:
        """Touch the first button whose id begins so."""
        self.taps += 1
        return self._kept(await self.service.send(chat=chat, press=self.button(start)))

    async def write(self, text: str, chat: str = "d1") -> list[dict[str, Any]]:
        return self._kept(await self.service.send(chat=chat, text=text))

    def button(self, start: str) -> str:
        return next(one["id"] for one in self.last["choices"] if one["id"].startswith(start))

    def labels(self) -> list[str]:
        return [one["label"] for one in self.last["choices"]]

    def _kept(self, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
        asked = [one for one in said if "asks" in one]
        self.last = asked[-1] if asked else self.last
        return said

    async def opened(self) -> None:
        await self.write("/queue")
        self.taps = 0
        await self.tap(self.last["choices"][0]["id"])
        await self.tap("write")

    async def signed(
        self, *medicines: str, diagnosis: str = "Tinea corporis", advice: str = "Keep it dry"
    ) -> list[Any]:
        """A whole summary, typed."""
        await self.opened()
        await self.tap("as_told")
        await self.tap("nil")
        await self.write(diagnosis)
        for line in medicines:
            await self.write(line)
        await self.tap("done")
        await self.tap("done")
        await self.write("Keep it dry")
        await self.tap("7")
        return await self.tap("yes")


@pytest.fixture
async def visit(service: Service) -> Visit:
    made = Visit(service)
    await made.booked()
    await enrol(service, "doctor", "d1")
    await service.send(clock=MORNING)
    return made


def pages_of(paper: str) -> list[str]:
    """The text of each page, with single blanks."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(paper).pages]


def size_of(paper: str) -> int:
    """Bytes of a file."""
    return Path(paper).stat().st_size


CREAM, TABLET = "Clotrimazole cream 1% 1-0-1 14 days", "Cetirizine tab 10 mg 0-0-1 5 days after food"


async def test_a_usual_case_is_at_most_twelve_taps_and_the_words_of_the_diagnosis(visit: Visit) -> None:
    await visit.signed(CREAM, TABLET)
    await visit.booked("p2")
    await visit.opened()
    await visit.tap("as_told")
    await visit.tap("nil")
    await visit.write("Tinea cruris")
    assert set(visit.labels()[:2]) == {"CETIRIZINE · 10 mg 0-0-1 5d", "CLOTRIMAZOLE · 1 % 1-0-1 14d"}
    await visit.tap("fav_")
    await visit.tap("fav_")
    assert not any(label.startswith(("CETIRIZINE", "CLOTRIMAZOLE")) for label in visit.labels())
    await visit.tap("done")
    await visit.tap("done")
    assert visit.labels()[0] == "Keep it dry"
    await visit.tap("fav_")
    await visit.tap("7")
    said = await visit.tap("yes")
    assert "summary.signed" in [one["id"] for one in said]
    assert visit.taps <= 12
    home = next(one for one in said if one["chat"] == "p2" and one["id"] == "summary.text")
    for words in ("CLOTRIMAZOLE", "CETIRIZINE", "Tinea cruris", "Keep it dry", "30 November"):
        assert words in home["text"]


async def test_what_is_typed_is_never_taken_for_a_favourite_that_is_like_it(visit: Visit) -> None:
    await visit.signed(CREAM, diagnosis="Viral fever")
    await visit.booked("p2")
    await visit.opened()
    await visit.tap("as_told")
    await visit.tap("nil")
    assert "Viral fever" in visit.labels()
    await visit.write("fever")
    await visit.tap("done")
    await visit.tap("done")
    await visit.tap("nil")
    said = await visit.tap("none")
    preview = next(one for one in said if one["id"] == "summary.preview")
    assert "Provisional diagnosis: fever" in preview["text"]


async def test_signing_twice_sends_once_and_counts_once(visit: Visit) -> None:
    await visit.signed(CREAM)
    press = visit.button("yes")
    await visit.service.send(chat="d1", press=press)
    db = visit.service.db
    assert db.call(lambda s: s.execute(select(func.count()).select_from(Consult)).scalar_one()) == 1
    sent = select(func.count()).select_from(Outbox).where(Outbox.kind == "summary")
    assert db.call(lambda s: s.execute(sent).scalar_one()) == 1
    assert db.call(lambda s: s.execute(select(Favourite.used)).scalars().all()) == [1, 1, 1]


async def test_a_correction_counts_only_what_is_new_and_calls_off_the_former_reminders(visit: Visit) -> None:
    await visit.signed(CREAM)
    await visit.write("/signed")
    await visit.tap(visit.last["choices"][0]["id"])
    await visit.tap("correct")
    await visit.tap("mend")
    await visit.tap("follow_up_days")
    await visit.tap("none")
    said = await visit.tap("yes")
    corrected = next(one for one in said if one["id"] == "summary.corrected")
    pages = pages_of(corrected["documents"][0]["path"])
    assert all("Version 2, corrects that of Monday 23 November 2026" in page for page in pages)
    db = visit.service.db
    assert db.call(lambda s: s.execute(select(Favourite.used)).scalars().all()) == [1, 1, 1]
    waits = select(Outbox.kind).where(Outbox.state == "waiting", Outbox.kind.like("follow_up%"))
    assert db.call(lambda s: s.execute(waits).scalars().all()) == []
    versions = db.call(lambda s: s.execute(select(Consult.version, Consult.status).order_by(Consult.version)).all())
    assert [tuple(one) for one in versions] == [(1, "final"), (2, "final")]


async def test_what_a_correction_leaves_as_it_was_keeps_its_days(visit: Visit) -> None:
    await visit.signed(CREAM)
    await visit.service.send(clock="2026-11-25T09:00+05:30")
    await visit.write("/signed")
    await visit.tap(visit.last["choices"][0]["id"])
    await visit.tap("correct")
    await visit.tap("mend")
    await visit.tap("diagnosis")
    await visit.write("Tinea cruris")
    said = await visit.tap("yes")
    assert "Monday 30 November" in next(one for one in said if one["id"] == "summary.corrected")["text"]
    due = select(Outbox.kind, Outbox.due).where(
        Outbox.state == "waiting", Outbox.kind.in_(("follow_up", "medicine_ends"))
    )
    days = {kind: at.date().isoformat() for kind, at in visit.service.db.call(lambda s: s.execute(due).all())}
    assert days == {"follow_up": "2026-11-29", "medicine_ends": "2026-12-05"}  # the day before each


async def test_a_doctor_whose_enrolment_ends_writes_no_further(visit: Visit) -> None:
    await visit.opened()
    await visit.tap("as_told")
    await visit.tap("nil")
    await visit.write("Scabies")
    member = next(one for one in visit.service.db.call(staff.all_staff, "doctor"))
    visit.service.db.call(staff.revoke, member.id, "command line", visit.service.now())
    for press in ("done", "done", "nil", "none", "yes"):
        await visit.service.send(chat="d1", press=press)
    kept = visit.service.db.call(lambda s: s.execute(select(Consult.status)).scalars().all())
    assert kept == ["draft"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("No known drug allergy.", "none known"),
        ("penicillin, , Sulfa ", "penicillin, Sulfa"),
        ("কিছু নেই", "none known"),
    ],
)
async def test_allergies_as_a_doctor_writes_them(visit: Visit, written: str, shown: str) -> None:
    await visit.opened()
    await visit.tap("as_told")
    await visit.tap("nil")
    await visit.write("Scabies")
    await visit.tap("allergies")
    said = await visit.write(written)
    assert f"Allergies: {shown}" in said[0]["text"]


async def test_that_it_was_more_urgent_is_one_tap_and_kept(visit: Visit) -> None:
    await visit.opened()
    await visit.tap("as_told")
    await visit.tap("nil")
    await visit.write("Cellulitis")
    await visit.tap("done")
    await visit.tap("done")
    await visit.tap("nil")
    await visit.tap("none")
    await visit.tap("sooner_emergency")
    await visit.tap("yes")
    judged = visit.service.db.call(lambda s: s.execute(select(Consult.judged_level)).scalar_one())
    assert judged == "emergency"


async def test_the_case_is_eight_short_lines(visit: Visit) -> None:
    await visit.write("/queue")
    said = await visit.tap(visit.last["choices"][0]["id"])
    story = next(one for one in said if one["id"] == "case.story")["text"].split("\n")
    assert len(story) <= 8
    assert all(len(line) <= 160 for line in story)
    assert "Rahim Sekh" in story[0] and "Itch" in story[1]


async def test_the_second_time_a_patient_comes_it_is_a_follow_up(visit: Visit) -> None:
    await visit.signed(CREAM, TABLET)
    await visit.booked()
    await visit.write("/queue")
    said = await visit.tap(visit.last["choices"][0]["id"])
    story = next(one for one in said if one["id"] == "case.story")["text"]
    assert "Tinea corporis" in story and "Still taking: CLOTRIMAZOLE, CETIRIZINE" in story
    await visit.tap("write")
    await visit.tap("as_told")
    await visit.tap("nil")
    await visit.write("Diabetes")
    said = await visit.write("Sitagliptin tab 50 mg 1-0-0 30 days")
    assert [one["id"] for one in said] == ["ask.sum_medicine"]
    said = await visit.write("Levocetirizine tab 5 mg 0-0-1 5 days")
    assert "CETIRIZINE of an earlier paper is still taken" in said[0]["text"]


# --- the patient's side ----------------------------------------------------------------------------------------------


async def given(visit: Visit, chat: str = "p1") -> str:
    """The line with the code that the patient sends to a relative."""
    await visit.write("/summaries", chat)
    await visit.tap("give_paper", chat)
    said = await visit.tap("yes", chat)
    return str(said[0]["text"].rsplit("\n", 1)[1])


async def test_a_relative_reads_the_paper_once(visit: Visit) -> None:
    await visit.signed(CREAM)
    line = await given(visit)
    assert line.startswith("/start paper_") and len(line.split()[1]) <= 64  # what Telegram's start links take
    await visit.write(line, "p2")
    read = await visit.tap("en", "p2")
    assert [(one["chat"], one["id"]) for one in read] == [("p2", "summary.text"), ("p1", "paper.was_read")]
    assert "CLOTRIMAZOLE" in read[0]["text"]
    assert "CLOTRIMAZOLE" not in str(await visit.write(line, "p2"))
    await visit.write(line, "p3")
    refused = await visit.tap("en", "p3")
    assert [one["id"] for one in refused] == ["paper.code_refused"]
    trace = select(Audit.who, Audit.action).where(Audit.action == "summary read")
    assert [tuple(one) for one in visit.service.db.call(lambda s: s.execute(trace).all())] == [
        (f"{CHANNEL}:p2", "summary read")
    ]


async def test_the_relative_gets_that_paper_and_nothing_more(visit: Visit) -> None:
    await visit.signed(CREAM)
    await visit.write(await given(visit), "p2")
    await visit.tap("en", "p2")
    consult = visit.service.db.call(lambda s: s.execute(select(Consult.id)).scalar_one())
    for press in (f"how_to_take:{consult}", f"not_understood:{consult}"):
        said = await visit.service.send(chat="p2", press=press)
        assert [one["id"] for one in said] == ["paper.gone"]
    assert visit.service.db.call(lambda s: s.execute(select(CallTask.id)).all()) == []
    assert "summary.none" in [one["id"] for one in await visit.write("/summaries", "p2")]


def tried(visit: Visit, chat: str, action: Action) -> Any:
    """What comes of an action, whatever led a flow to it."""

    def run(s: Connection) -> Any:
        address = f"{CHANNEL}:{chat}"
        return perform(Acting(s, address, people.account(s, address), visit.service.now(), "key"), action)

    return visit.service.db.call(run)


@pytest.mark.parametrize("chat", ["p2", "d1", "a1"])
async def test_nobody_else_reads_a_paper_or_gives_it_away(visit: Visit, chat: str) -> None:
    """Whatever a flow may ask for, of other people's papers nothing comes."""
    await enrol(visit.service, "asha", "a1")
    await visit.signed(CREAM)
    consult = visit.service.db.call(lambda s: s.execute(select(Consult.id)).scalar_one())

    for action in (Paper(consult), GivePaper(consult), NotUnderstood(consult)):
        assert tried(visit, chat, action) is None
        assert tried(visit, "p1", action)


async def test_the_familys_asha_worker_reads_a_paper_and_cannot_give_it_away(visit: Visit) -> None:
    await enrol(visit.service, "asha", "a1")
    await visit.signed(CREAM)
    db, now = visit.service.db, visit.service.now()
    (asha,) = db.call(staff.all_staff, "asha")
    home = db.call(people.save_household, asha.id, None, now)
    db.call(lambda s: s.execute(update(Person).values(household_id=home)))
    consult = db.call(lambda s: s.execute(select(Consult.id)).scalar_one())
    assert tried(visit, "a1", Paper(consult))["own"] is False
    assert tried(visit, "a1", GivePaper(consult)) is None
    assert tried(visit, "p1", GivePaper(consult))


async def test_a_code_is_worth_nothing_after_a_week(visit: Visit) -> None:
    await visit.signed(CREAM)
    line = await given(visit)
    later = visit.service.now() + timedelta(days=7, minutes=1)
    await visit.service.send(clock=later.isoformat())
    await visit.write(line, "p2")
    assert [one["id"] for one in await visit.tap("en", "p2")] == ["paper.code_refused"]


async def test_who_does_not_understand_is_called_once_a_day(visit: Visit) -> None:
    await enrol(visit.service, "asha", "a1")
    said = await visit.signed(CREAM)
    button = next(
        choice["id"] for one in said for choice in one.get("choices", ()) if choice["id"].startswith("not_understood:")
    )
    for _ in range(2):
        await visit.service.send(press=button)
    tasks = select(CallTask.reason, CallTask.about)
    (task,) = visit.service.db.call(lambda s: s.execute(tasks).all())
    assert task.reason == "not_understood" and task.about.startswith("consult:")


async def test_the_paper_itself(visit: Visit) -> None:
    said = await visit.signed(CREAM, TABLET)
    paper = next(one for one in said if one["id"] == "summary.text")["documents"][0]["path"]
    pages = pages_of(paper)
    assert size_of(paper) < 60_000 and 1 <= len(pages) <= 2
    assert all("Registration no." in page and "hub hospital" in page for page in pages)
    assert "Version" not in "".join(pages)
