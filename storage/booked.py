"""What is known of bookings: all that is said of one, and whose it is. How they change: storage/bookings.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Integer, bindparam, func, literal_column, select

from storage.people import of_chat
from storage.prepared import Prepared
from storage.records import Booking as Booked
from storage.records import Unknown
from storage.sealed import ring
from storage.tables import ACTIVE, STANDS, Booking, Hub, Person, Session, Spoke, Window

_stands = Booking.status.in_([literal_column(f"'{status}'") for status in STANDS])
COLUMNS = (
    Booking.id, Booking.person_id, Person.name, Person.own_chat, Booking.chat, Booking.window_id, Booking.session_id,
    Hub.id, Hub.name_bn, Hub.name_en, Session.doctor_id, Session.specialty, Spoke.id, Spoke.name_bn, Spoke.name_en,
    func.coalesce(Booking.token_number, 0), Booking.status, Window.starts_at, Window.ends_at, Booking.urgency,
    Booking.decision_id, Booking.confirmed_coming, Booking.instead_of, Booking.held_until, Booking.arrived_at,
    Booking.called_at, Person.restricted_at,
)  # fmt: skip
SELECT = (
    select(*COLUMNS)
    .join(Person, Person.id == Booking.person_id)
    .join(Window, Window.id == Booking.window_id)
    .join(Session, Session.id == Booking.session_id)
    .join(Hub, Hub.id == Session.hub_id)
    .join(Spoke, Spoke.id == Booking.spoke_id)
)
"""Everything that is said of a booking; `booked(s, row)` makes the record."""

_chat: BindParameter[str] = bindparam("of_chat")
_seen = select(Booking.id).where(Booking.person_id.in_(of_chat), _stands)
ACTED_FOR = Booking.person_id.in_(of_chat)
"""That the chat bound to "of_chat" may act for its person. Having booked is not enough: an ASHA's access may end."""
_UPCOMING = Prepared(
    SELECT.where(Booking.id.in_(_seen), Booking.ends_at > bindparam("now"))
    .order_by(Window.starts_at, Booking.id)
    .limit(bindparam("most", type_=Integer))
)
_BY_ID = Prepared(SELECT.where(Booking.id == bindparam("of")))


def booking(s: Connection, id: str) -> Booked:
    """The booking, for those who were already found to be allowed. Raises LookupError if there is none."""
    row = _BY_ID.first(s, of=id)
    if row is None:
        raise Unknown(f"no booking {id}")
    return booked(s, row)


def comes_again(s: Connection, after: Booked) -> bool:
    """Whether the person has a token, held or confirmed, for a later time than this booking's."""
    later = select(Booking.id).where(Booking.person_id == after.person_id, Booking.status.in_(ACTIVE))
    return s.execute(later.where(Booking.starts_at > after.starts_at).limit(1)).first() is not None


def bookings_of(s: Connection, chat: str, now: datetime, limit: int = 50) -> list[Booked]:
    """What stands and is not over of everybody this chat may act for, soonest first."""
    return [booked(s, row) for row in _UPCOMING.rows(s, of_chat=chat, now=now, most=limit)]


def booked(s: Connection, row: Any) -> Booked:
    """A row of SELECT as a record; the name of whoever asked to be forgotten stays closed."""
    id, person_id, name, *rest, restricted_at = row
    opened = None if restricted_at else ring(s).open(name, f"person/name/{person_id}")
    return Booked(id, person_id, opened, *rest)
