"""What must hold of bookings at every moment, whatever happened: asked of the database in plain SQL."""

from __future__ import annotations

from sqlalchemy import Connection, text

HAS_A_PLACE = "status IN ('proposed', 'pending', 'booked', 'arrived', 'fulfilled', 'noshow')"
STANDS = "status IN ('booked', 'arrived')"
RULES = {
    "oversold": 'SELECT id FROM "window" WHERE taken > capacity',
    "counter": f"""SELECT w.id, w.taken FROM "window" w
        WHERE w.taken <> (SELECT count(*) FROM booking b WHERE b.window_id = w.id AND b.{HAS_A_PLACE})""",
    "token twice": """SELECT session_id, token_number FROM booking WHERE token_number IS NOT NULL
        GROUP BY session_id, token_number HAVING count(*) > 1""",
    "token never issued": """SELECT b.id FROM booking b JOIN "window" w ON w.id = b.window_id
        WHERE b.token_number NOT BETWEEN w.first_token AND w.first_token + w.issued - 1""",
    "booked without a token": f"SELECT id FROM booking WHERE {STANDS} AND token_number IS NULL",
    "held for ever": "SELECT id FROM booking WHERE status IN ('proposed', 'pending') AND held_until IS NULL",
    "twice in a session": f"""SELECT person_id, session_id FROM booking WHERE {STANDS}
        GROUP BY person_id, session_id HAVING count(*) > 1""",
    "in two places at once": f"""SELECT a.id, b.id FROM booking a JOIN booking b
        ON a.person_id = b.person_id AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
        WHERE a.{STANDS} AND b.{STANDS}""",
    "two offers to one": """SELECT o.waiting_id FROM offer o JOIN booking b ON b.id = o.booking_id
        WHERE b.status = 'proposed' GROUP BY o.waiting_id HAVING count(*) > 1""",
    "an offer to nobody who waits": """SELECT o.waiting_id FROM offer o JOIN booking b ON b.id = o.booking_id
        JOIN waiting w ON w.id = o.waiting_id WHERE b.status = 'proposed' AND w.status <> 'active'""",
    "changed and still there": f"""SELECT a.id FROM booking a JOIN booking b ON b.instead_of = a.id
        WHERE a.{STANDS} AND b.{STANDS}""",
}


def broken(s: Connection) -> list[str]:
    """The rules that do not hold, each with the rows that break it; empty if all is well."""
    found = {rule: [tuple(row) for row in s.execute(text(sql))] for rule, sql in RULES.items()}
    return [f"{rule}: {rows}" for rule, rows in found.items() if rows]
