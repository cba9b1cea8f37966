"""When the hub changes, everybody affected gets another place, the urgent first, and nobody loses one before that."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from storage import bookings, decisions, outbox, replan, staff, waiting
from storage.bookings import book, booking, confirm, free_windows, hold, reschedule
from storage.outbox import Notice
from storage.records import Booking, NotAllowed, Refusal, Unknown
from storage.replan import (
    BATCH,
    COMMAND_LINE,
    Change,
    CloseSession,
    CutCapacity,
    DoctorAway,
    HolidayDeclared,
    Impossible,
    Move,
    MoveSession,
    ShortenSession,
    affected,
    replan_left_over,
    unfinished,
)
from storage.rosters import make_windows
from storage.session import Database
from storage.tables import ACTIVE, STANDS, Audit, Holiday, Offer, Session, Waiting, Window
from storage.tables import Booking as Row
from storage.zone import at

from .conftest import NOW
from .world import MONDAY, add_doctor, build, somebody

NEXT_MONDAY = MONDAY + timedelta(days=7)


@pytest.fixture
def world(db: Database) -> Database:
    """The small world, with a second general doctor at hub-1 in the same hours."""
    db.call(build)
    db.call(add_doctor, "dr-4", "hub-1", "general_medicine", 2)
    db.call(make_windows, MONDAY, 8)
    return db


def sitting(db: Database, doctor: str, day: date = MONDAY) -> int:
    """The session of a doctor on a day."""
    of = select(Session.id).where(Session.doctor_id == doctor, Session.date == day)
    return int(db.call(lambda s: s.execute(of).scalar_one()))


def windows_of(db: Database, session: int) -> list[int]:
    """Its windows, by the hour."""
    of = select(Window.id).where(Window.session_id == session).order_by(Window.starts_at)
    return list(db.call(lambda s: s.execute(of).scalars().all()))


def booked(
    db: Database, chat: str, window: int, level: str = "consultation", made: datetime = NOW, spoke: str = "spoke-1"
) -> Booking:
    """A booking of somebody new, made then, of this urgency."""
    person = db.call(somebody, chat, NOW)
    led = (level, "rule", "fever", "1", "general_medicine")
    decision = db.call(decisions.record, person, chat, {}, *led, NOW)
    done = db.call(book, person, window, spoke, chat, decision, f"press {person}", made)
    assert isinstance(done, Booking)
    return done


def filled(db: Database, session: int, chats: str = "a") -> list[Booking]:
    """Two people in every window of the session; every third must be seen within a day."""
    made: list[Booking] = []
    for window in windows_of(db, session):
        for _ in range(2):
            number = len(made)
            level = "consultation_24" if number % 3 == 2 else "consultation"
            made.append(booked(db, f"tg:{chats}{number}", window, level, NOW + timedelta(seconds=number)))
    return made


def whole(db: Database, change: Change, now: datetime = NOW) -> list[Move]:
    """The change, and everybody moved."""
    moves = db.call(replan.replan, change, COMMAND_LINE, now)
    return moves + rest(db, now)


def rest(db: Database, now: datetime = NOW) -> list[Move]:
    """What is left over, to its end."""
    moves: list[Move] = []
    for sessions in db.call(unfinished, now):
        while more := db.call(replan_left_over, now, sessions):
            moves += more
    return moves


def placed(moves: list[Move]) -> list[tuple[str, datetime | None, str]]:
    return [(move.booking.id, move.starts_at, move.hub_id) for move in moves]


def counters_equal_rows(s: Connection) -> bool:
    rows = (
        select(Window.taken, func.count(Row.id))
        .outerjoin(Row, (Row.window_id == Window.id) & Row.status.in_(ACTIVE))
        .group_by(Window.id)
    )
    return all(taken == standing for taken, standing in s.execute(rows))


def left_in_shut(s: Connection) -> int:
    """People in windows that are shut who do not wait in place of that booking."""
    standing = select(func.count()).select_from(Row).join(Window, Window.id == Row.window_id)
    waits = select(Waiting.replaces).where(Waiting.status == "active", Waiting.replaces.is_not(None))
    return s.execute(standing.where(~Window.open, Row.status.in_(ACTIVE), Row.id.not_in(waits))).scalar_one()


def standing_of(s: Connection, person: str) -> list[str]:
    return list(s.execute(select(Row.id).where(Row.person_id == person, Row.status.in_(STANDS))).scalars())


def no_place_but(db: Database, *windows: int) -> None:
    """Every other window is full."""
    others = update(Window).where(Window.id.not_in(windows))
    db.call(lambda s: s.execute(others.values(capacity=Window.taken)))


def test_everybody_of_a_closed_session_has_another_place_and_the_dry_run_said_which(world: Database) -> None:
    session = sitting(world, "dr-1")
    people_there = filled(world, session)
    change = CloseSession(session)
    said = world.call(affected, change, NOW)
    assert {move.booking.id for move in said} == {one.id for one in people_there}
    assert (
        world.call(counters_equal_rows)
        and [world.call(booking, one.id).status for one in people_there] == ["booked"] * 8
    )
    moves = whole(world, change)
    assert placed(moves) == placed(said)
    assert all(move.made and world.call(booking, move.made.id).status == "booked" for move in moves)
    assert [world.call(booking, one.id).status for one in people_there] == ["cancelled"] * 8
    assert all(move.starts_at and move.starts_at >= NOW + timedelta(hours=2) for move in moves)
    assert world.call(counters_equal_rows) and world.call(left_in_shut) == 0
    assert {move.why for move in moves} == {"closed"}


def test_the_urgent_come_first_and_the_same_hub_before_another(world: Database) -> None:
    session = sitting(world, "dr-1")
    first = windows_of(world, session)[0]
    calm = booked(world, "tg:1", first, made=NOW)
    urgent = booked(world, "tg:2", first, "consultation_24", NOW + timedelta(seconds=5))
    here, there = windows_of(world, sitting(world, "dr-4"))[3], windows_of(world, sitting(world, "dr-3"))[3]
    no_place_but(world, here, there)
    world.call(lambda s: s.execute(update(Window).where(Window.id == here).values(capacity=1)))
    moves = whole(world, CloseSession(session))
    assert [(move.booking.id, move.hub_id) for move in moves] == [(urgent.id, "hub-1"), (calm.id, "hub-2")]
    assert [move.same_hub for move in moves] == [True, False]
    assert all(move.made and move.made.spoke_id == "spoke-1" for move in moves)  # by video: the spoke stays


def test_the_nearest_time_is_taken_the_same_day_before_another(world: Database) -> None:
    session = sitting(world, "dr-1")
    one = booked(world, "tg:1", windows_of(world, session)[2])
    (move,) = whole(world, CloseSession(session))
    assert (move.starts_at, move.hub_id) == (one.starts_at, "hub-1")
    assert move.made and move.made.token_number == 201 and move.made.instead_of == one.id


def test_a_reserved_place_is_for_the_urgent_alone(world: Database) -> None:
    session = sitting(world, "dr-1")
    calm = booked(world, "tg:1", windows_of(world, session)[3])
    urgent = booked(world, "tg:2", windows_of(world, session)[3], "consultation_24", NOW + timedelta(seconds=1))
    kept = windows_of(world, sitting(world, "dr-4"))[3]
    no_place_but(world, kept)
    world.call(lambda s: s.execute(update(Window).where(Window.id == kept).values(reserved=2)))
    moves = {move.booking.id: move for move in whole(world, CloseSession(session))}
    assert moves[urgent.id].starts_at == calm.starts_at
    assert not moves[calm.id].placed


def test_who_must_be_seen_within_a_day_gets_the_earliest_and_is_known_to_be_late(world: Database) -> None:
    session = sitting(world, "dr-1")
    urgent = booked(world, "tg:1", windows_of(world, session)[3], "consultation_24")
    no_place_but(world, *windows_of(world, sitting(world, "dr-3", NEXT_MONDAY)))
    (move,) = whole(world, CloseSession(session))
    assert move.late and move.starts_at == at(NEXT_MONDAY, time(11)) and move.hub_id == "hub-2"
    assert world.call(standing_of, urgent.person_id) == [move.made.id if move.made else ""]


def test_who_finds_no_place_keeps_the_row_waits_first_and_gets_the_next_place(world: Database) -> None:
    session = sitting(world, "dr-1")
    mine = booked(world, "tg:1", windows_of(world, session)[3])
    world.call(outbox.put, [Notice("tg:1", "r", {}, NOW, about=f"booking:{mine.id}")], NOW)
    no_place_but(world)
    span = (NOW, NOW + timedelta(days=20))
    other = world.call(somebody, "tg:9", NOW)
    made = NOW - timedelta(hours=1)
    world.call(lambda s: s.execute(update(Row).where(Row.id == mine.id).values(created_at=made)))
    world.call(
        waiting.join, other, "spoke-1", "general_medicine", "tg:9", None, "join", span, NOW - timedelta(minutes=9)
    )
    (move,) = whole(world, CloseSession(session))
    assert not move.placed and move.made is None and not move.late
    assert world.call(booking, mine.id).status == "booked" and world.call(counters_equal_rows)
    assert world.call(outbox.counts) == {"called_off": 1}
    assert rest(world) == [] and world.call(unfinished, NOW) == []
    free = windows_of(world, sitting(world, "dr-4"))[3]
    world.call(lambda s: s.execute(update(Window).where(Window.id == free).values(capacity=1)))
    offer = world.call(waiting.offer_on, free, NOW)
    assert offer is not None and (offer.person_id, offer.instead_of) == (mine.person_id, mine.id)
    taken = world.call(waiting.accept, offer.id, "tg:1", NOW)
    assert isinstance(taken, Booking) and world.call(standing_of, mine.person_id) == [offer.id]
    assert world.call(counters_equal_rows)


def test_who_leaves_the_list_gives_up_the_row_too(world: Database) -> None:
    session = sitting(world, "dr-1")
    mine = booked(world, "tg:1", windows_of(world, session)[3])
    no_place_but(world)
    whole(world, CloseSession(session))
    (entry,) = world.call(waiting.waiting_of, "tg:1")
    world.call(waiting.leave, entry.id, "tg:1", NOW)
    assert world.call(replan_left_over, NOW, [session]) == []
    assert world.call(booking, mine.id).status == "cancelled" and world.call(counters_equal_rows)


def test_who_waited_for_an_earlier_place_waits_on_in_place_of_the_new_one(world: Database) -> None:
    session = sitting(world, "dr-1", NEXT_MONDAY)
    mine = booked(world, "tg:1", windows_of(world, session)[3])
    where = (
        mine.person_id,
        "spoke-1",
        "general_medicine",
        "tg:1",
        mine.decision_id,
        "join",
        (NOW, NOW + timedelta(days=7)),
    )
    world.call(waiting.join, *where, NOW, mine.id)
    (move,) = whole(world, CloseSession(session))
    assert move.made is not None
    (entry,) = world.call(waiting.waiting_of, "tg:1")
    assert entry.replaces == move.made.id


def test_holds_and_offers_in_a_closed_session_are_given_back(world: Database) -> None:
    session = sitting(world, "dr-1")
    window = windows_of(world, session)[3]
    holder, waiter = world.call(somebody, "tg:1", NOW), world.call(somebody, "tg:2", NOW)
    held = world.call(hold, holder, window, "spoke-1", "tg:1", None, "hold", NOW)
    span = (NOW, NOW + timedelta(days=20))
    world.call(waiting.join, waiter, "spoke-1", "general_medicine", "tg:2", None, "join", span, NOW)
    offer = world.call(waiting.offer_on, window, NOW)
    assert isinstance(held, Booking) and offer is not None
    assert whole(world, CloseSession(session)) == []
    assert isinstance(world.call(confirm, held.id, "tg:1", NOW), Refusal)
    assert world.call(waiting.accept, offer.id, "tg:2", NOW) == Refusal("past")
    answered = world.call(lambda s: s.execute(select(Offer.answer)).scalars().all())
    assert answered == ["expired"] and world.call(counters_equal_rows)
    again = world.call(waiting.offer_on, windows_of(world, sitting(world, "dr-4"))[3], NOW)
    assert again is not None and again.person_id == waiter


def test_a_change_that_is_being_confirmed_replaces_the_new_place(world: Database) -> None:
    session = sitting(world, "dr-1")
    mine = booked(world, "tg:1", windows_of(world, session)[3])
    wanted = windows_of(world, sitting(world, "dr-4", NEXT_MONDAY))[0]
    held = world.call(hold, mine.person_id, wanted, "spoke-1", "tg:1", None, "hold", NOW, mine.id)
    assert isinstance(held, Booking)
    whole(world, CloseSession(session))
    assert isinstance(world.call(confirm, held.id, "tg:1", NOW), Booking)
    assert world.call(standing_of, mine.person_id) == [held.id] and world.call(counters_equal_rows)


def test_a_shortened_session_keeps_who_comes_before_its_new_end(world: Database) -> None:
    session = sitting(world, "dr-1")
    people_there = filled(world, session)
    change = ShortenSession(session, at(MONDAY, time(12)))
    said = world.call(affected, change, NOW)
    moves = whole(world, change)
    assert placed(moves) == placed(said)
    assert {move.booking.id for move in moves} == {one.id for one in people_there[4:]}
    assert {move.why for move in moves} == {"shortened"}
    assert world.call(counters_equal_rows) and world.call(left_in_shut) == 0


def test_a_cut_moves_the_least_urgent_and_latest(world: Database) -> None:
    session = sitting(world, "dr-1")
    window = windows_of(world, session)[3]
    urgent = booked(world, "tg:1", window, "consultation_24", NOW + timedelta(seconds=3))
    calm = booked(world, "tg:2", window)
    change = CutCapacity(1, session)
    said = world.call(affected, change, NOW)
    moves = whole(world, change)
    assert placed(moves) == placed(said) and [move.booking.id for move in moves] == [calm.id]
    assert moves[0].why == "cut" and world.call(booking, urgent.id).status == "booked"
    rows = world.call(lambda s: s.execute(select(Window.taken, Window.capacity).where(Window.id == window)).one())
    assert tuple(rows) == (1, 1) and world.call(counters_equal_rows)


def test_a_moved_session_keeps_its_people_and_their_tokens(world: Database) -> None:
    session = sitting(world, "dr-1")
    people_there = filled(world, session)
    half_an_hour_later = at(MONDAY, time(12, 30))
    change = MoveSession(session, half_an_hour_later)
    said = world.call(affected, change, NOW)
    moves = whole(world, change)
    assert placed(moves) == placed(said)
    by = timedelta(hours=1, minutes=30)
    now_there = [world.call(booking, one.id) for one in people_there]
    assert [(one.starts_at, one.token_number) for one in now_there] == [
        (one.starts_at + by, one.token_number) for one in people_there
    ]
    kept = world.call(lambda s: s.execute(select(Row.starts_at).where(Row.id == people_there[0].id)).scalar_one())
    assert kept == people_there[0].starts_at + by
    assert {move.why for move in moves} == {"moved"} and world.call(counters_equal_rows)


def test_who_has_something_else_at_the_moved_time_is_moved_elsewhere(world: Database) -> None:
    session = sitting(world, "dr-1", NEXT_MONDAY)
    mine = booked(world, "tg:1", windows_of(world, session)[0])
    other = windows_of(world, sitting(world, "dr-2", NEXT_MONDAY))[3]
    assert isinstance(world.call(book, mine.person_id, other, "spoke-1", "tg:1", None, "k", NOW), Booking)
    change = MoveSession(session, at(NEXT_MONDAY, time(12, 30)))
    said = world.call(affected, change, NOW)
    (move,) = whole(world, change)
    assert placed([move]) == placed(said)
    assert move.made is not None and move.made.session_id != session
    assert world.call(counters_equal_rows)


def test_a_session_that_leaves_a_day_leaves_it_free(world: Database) -> None:
    session = sitting(world, "dr-1", NEXT_MONDAY)
    whole(world, MoveSession(session, at(NEXT_MONDAY + timedelta(days=1), time(11))))
    assert world.call(make_windows, MONDAY, 8) == 0
    assert sitting(world, "dr-1", NEXT_MONDAY + timedelta(days=1)) == session


def test_a_doctor_away_holds_no_session_then_and_none_is_made(world: Database) -> None:
    first, second = sitting(world, "dr-1"), sitting(world, "dr-1", NEXT_MONDAY)
    booked(world, "tg:1", windows_of(world, first)[3])
    booked(world, "tg:2", windows_of(world, second)[3])
    later = NEXT_MONDAY + timedelta(days=7)
    change = DoctorAway("dr-1", MONDAY, later)
    said = world.call(affected, change, NOW)
    moves = whole(world, change)
    assert placed(moves) == placed(said) and {move.why for move in moves} == {"away"}
    assert world.call(make_windows, later, 1) == 3  # dr-2, dr-3 and dr-4
    assert world.call(counters_equal_rows) and world.call(left_in_shut) == 0


def test_a_holiday_of_one_hub_and_of_all(world: Database) -> None:
    session = sitting(world, "dr-1")
    booked(world, "tg:1", windows_of(world, session)[3])
    named = ("পৌষ মেলা", "Poush Mela")
    (move,) = whole(world, HolidayDeclared(MONDAY, "hub-1", *named))
    assert (move.why, move.holiday) == ("holiday", named)
    assert move.made and (move.hub_id, move.made.session_id) == ("hub-1", sitting(world, "dr-1", NEXT_MONDAY))
    (again,) = whole(world, HolidayDeclared(NEXT_MONDAY, None, *named))
    assert again.made and (again.hub_id, again.made.session_id) == ("hub-2", sitting(world, "dr-3"))
    assert world.call(lambda s: s.execute(select(func.count()).select_from(Holiday)).scalar_one()) == 2
    assert world.call(free_windows, "hub-1", "general_medicine", NOW, at(MONDAY, time(23))) == []


def test_who_has_been_called_stays_and_who_is_here_is_moved(world: Database) -> None:
    session = sitting(world, "dr-1")
    called, here = (booked(world, chat, windows_of(world, session)[0]) for chat in ("tg:1", "tg:2"))
    arrived = update(Row).where(Row.session_id == session).values(status="arrived", arrived_at=NOW)
    world.call(lambda s: s.execute(arrived))
    world.call(lambda s: s.execute(update(Row).where(Row.id == called.id).values(called_at=NOW)))
    late = NOW + timedelta(hours=2)
    assert [move.booking.id for move in whole(world, CloseSession(session), late)] == [here.id]
    assert world.call(unfinished, late) == []


def test_a_killed_process_is_gone_on_from_batch_by_batch(world: Database) -> None:
    """The first transaction alone was committed: nobody can book there, and the next tick moves who is left."""
    session = sitting(world, "dr-1")
    people_there = filled(world, session)
    change = CloseSession(session)
    said = world.call(affected, change, NOW)
    done = world.call(replan.replan, change, COMMAND_LINE, NOW, 3)
    assert len(done) == 3 and world.call(unfinished, NOW) == [[session]]
    with pytest.raises(ZeroDivisionError):
        world.call(lambda s: (replan_left_over(s, NOW, [session], 2), 1 / 0))
    assert world.call(counters_equal_rows)
    assert all(len(world.call(standing_of, one.person_id)) == 1 for one in people_there)
    for sessions in world.call(unfinished, NOW):
        while more := world.call(replan_left_over, NOW, sessions, 2):
            done += more
    assert placed(done) == placed(said)
    assert world.call(counters_equal_rows) and world.call(left_in_shut) == 0


def test_a_batch_is_no_larger_than_it_should_be(world: Database) -> None:
    session = sitting(world, "dr-1")
    world.call(lambda s: s.execute(update(Window).values(capacity=30)))
    last = windows_of(world, session)[3]
    for number in range(BATCH + 2):
        booked(world, f"tg:{number}", last)
    assert len(world.call(replan.replan, CloseSession(session), COMMAND_LINE, NOW)) == BATCH
    assert len(rest(world)) == 2


async def _rush(world: Database) -> None:
    """Many change into and out of a session while it is closed and its people are moved."""
    world.call(lambda s: s.execute(update(Window).values(capacity=30)))
    closing, other = sitting(world, "dr-1"), sitting(world, "dr-4")
    into, out_of = windows_of(world, closing)[3], windows_of(world, other)[3]
    inside = [booked(world, f"tg:in{number}", into) for number in range(8)]
    outside = [booked(world, f"tg:out{number}", out_of) for number in range(8)]

    async def change(mine: Booking, window: int, try_: str) -> Any:
        return await world.run(reschedule, mine.id, window, f"{try_} {mine.id}", mine.chat, NOW)

    far = windows_of(world, sitting(world, "dr-3", NEXT_MONDAY))[0]
    early = [change(mine, into, "early") for mine in outside[:4]] + [change(mine, far, "early") for mine in inside[:4]]
    closed = world.run(replan.replan, CloseSession(closing), COMMAND_LINE, NOW, 3)
    await asyncio.gather(*early, closed)
    late = [change(mine, into, "late") for mine in outside[4:]] + [change(mine, far, "late") for mine in inside[4:]]
    left_over = [world.run(replan_left_over, NOW, [closing], 3) for _ in range(3)]
    await asyncio.gather(*late, *left_over)
    rest(world)
    held = [world.call(booking, world.call(standing_of, mine.person_id)[0]) for mine in outside]
    await asyncio.gather(*(change(mine, into, "last") for mine in held))
    assert all(len(world.call(standing_of, one.person_id)) == 1 for one in (*inside, *outside))
    assert world.call(counters_equal_rows)


async def test_changes_against_a_closing_session(world: Database) -> None:
    await _rush(world)
    assert world.call(left_in_shut) == 0


async def test_control_without_the_guard_people_land_in_the_closed_session(
    world: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same rush, and a place is taken whether its window is open or not."""
    monkeypatch.setattr(bookings, "take_place", _take_in_a_shut_window)
    await _rush(world)
    assert world.call(left_in_shut) > 0


def _take_in_a_shut_window(s: Connection, window_id: int, urgent: bool, now: datetime, numbered: bool = True) -> Any:
    take = update(Window).where(Window.id == window_id, Window.taken < Window.capacity)
    number = Window.first_token + Window.issued - 1
    taken = take.values(taken=Window.taken + 1, issued=Window.issued + 1)
    row = s.execute(taken.returning(Window.session_id, Window.starts_at, Window.ends_at, number)).first()
    return tuple(row) if row else None


def test_a_coordinator_changes_the_own_hub_only_and_it_is_audited(world: Database) -> None:
    code = world.call(staff.invitation, "coordinator", "মিতা", "command line", NOW, hub_id="hub-1")
    member = world.call(staff.accept, code, "tg:c", NOW)
    assert member is not None
    mine, others = sitting(world, "dr-1"), sitting(world, "dr-3")
    for refused in (
        CloseSession(others), DoctorAway("dr-3", MONDAY, MONDAY), HolidayDeclared(MONDAY, None, "ছুটি", "Holiday"),
        HolidayDeclared(MONDAY, "hub-2", "ছুটি", "Holiday"),
    ):  # fmt: skip
        for act in (
            lambda s, c=refused: affected(s, c, NOW, member.id),
            lambda s, c=refused: replan.replan(s, c, member.id, NOW),
        ):
            with pytest.raises(NotAllowed):
                world.call(act)
    world.call(replan.replan, CloseSession(mine), member.id, NOW)
    actions = world.call(lambda s: s.execute(select(Audit.who, Audit.action, Audit.subject)).all())
    assert (member.id, "close session", f"session:{mine}") in [tuple(row) for row in actions]
    assert world.call(lambda s: s.scalar(select(Session.status).where(Session.id == others))) == "open"


def test_what_cannot_be_says_why_and_what_to_do(world: Database) -> None:
    session, other = sitting(world, "dr-1"), sitting(world, "dr-1", NEXT_MONDAY)
    cases: list[tuple[Change, str]] = [
        (ShortenSession(session, at(MONDAY, time(10))), "between 2026-11-23T11:00"),
        (MoveSession(session, at(MONDAY, time(11))), "two hours from now"),
        (MoveSession(session, at(NEXT_MONDAY, time(12))), f"over session {other}"),
        (CutCapacity(0, session), "close the session"),
        (DoctorAway("dr-1", NEXT_MONDAY, MONDAY), "first day first"),
        (DoctorAway("dr-1", MONDAY - timedelta(days=3), MONDAY - timedelta(days=2)), "is over"),
    ]
    for change, words in cases:
        with pytest.raises(Impossible, match=words):
            world.call(affected, change, NOW)
    whole(world, CloseSession(session))
    with pytest.raises(Impossible, match="closed already"):
        world.call(replan.replan, CloseSession(session), COMMAND_LINE, NOW)
    for unknown in (
        CloseSession(999),
        DoctorAway("dr-9", MONDAY, MONDAY),
        HolidayDeclared(MONDAY, "hub-9", "ছুটি", "x"),
    ):
        with pytest.raises(Unknown):
            world.call(affected, unknown, NOW)
