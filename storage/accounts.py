"""Accounts: language, consent, and whether a chat can and may be written to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select, update

from storage.dialect import insert_new
from storage.prepared import Prepared
from storage.records import Account as Known
from storage.tables import Account, Doctor, Staff

_ACCOUNT = Prepared(
    select(
        Account.chat, Account.lang, Account.consent_version, Account.consent_at, Account.consent_purposes,
        Account.refused_at, Account.person_id, Account.spoke_id, Account.reachable,
        Staff.role, Staff.id, Staff.hub_id, Staff.area, Doctor.id,
    )
    .outerjoin(Staff, and_(Staff.chat == Account.chat, Staff.revoked_at.is_(None)))
    .outerjoin(Doctor, Doctor.staff_id == Staff.id)
    .where(Account.chat == bindparam("of"), Account.forgotten_at.is_(None))
)  # fmt: skip


def account(s: Connection, chat: str) -> Known | None:
    """What is known of this chat; None if it never wrote, or asked to be forgotten."""
    row = _ACCOUNT.first(s, of=chat)
    if row is None:
        return None
    chat, lang, version, at, purposes, refused_at, person_id, spoke_id, reachable, role, *of_staff = row
    consent = (version, at, tuple(purposes or ()), refused_at is not None)
    return Known(chat, lang, *consent, person_id, spoke_id, reachable, role or "patient", *of_staff)


def agreed(s: Connection, chat: str, purpose: str) -> bool:
    """Whether this chat wants its data used for this: what it took back it does not. Staff act by their office.

    Of a chat that never was asked (an ASHA's patient, an account before its first answer) nothing was taken back.
    """
    known = account(s, chat)
    if known is None or known.role != "patient":
        return True
    return not known.refused and (known.consent_version is None or purpose in known.consent_purposes)


def set_language(s: Connection, chat: str, lang: str, now: datetime) -> None:
    """The language this chat is answered and reminded in, from now on. Whoever was forgotten begins anew."""
    _set(s, chat, now, lang=lang, forgotten_at=None)


def give_consent(s: Connection, chat: str, version: str, purposes: Sequence[str], how: str, now: datetime) -> None:
    """Consent to the notice of this version, for these purposes; `how` it was given: "button" or "words"."""
    given = {"consent_version": version, "consent_purposes": list(purposes), "consent_how": how, "consent_at": now}
    _set(s, chat, now, **given, refused_at=None, forgotten_at=None)


def refuse_consent(s: Connection, chat: str, now: datetime) -> None:
    """No consent: nothing is kept but that."""
    _set(s, chat, now, consent_version=None, consent_purposes=None, consent_how=None, consent_at=None, refused_at=now)


def withdraw(s: Connection, chat: str, now: datetime) -> None:
    """Takes back a consent that was given. What was lawfully done before stays done."""
    refuse_consent(s, chat, now)


def set_reachable(s: Connection, chat: str, reachable: bool, now: datetime) -> None:
    """False when the channel says that the person blocked the bot; True as soon as they write again."""
    _set(s, chat, now, reachable=reachable)


def set_spoke(s: Connection, chat: str, spoke_id: str, now: datetime) -> None:
    """The spoke that this chat uses, to be offered first the next time."""
    _set(s, chat, now, spoke_id=spoke_id)


def set_self(s: Connection, chat: str, person_id: str, now: datetime) -> None:
    """Who "me" is in this chat."""
    _set(s, chat, now, person_id=person_id)


def _set(s: Connection, chat: str, now: datetime, **values: Any) -> None:
    """Changes the account, made if it is new."""
    if s.execute(update(Account).where(Account.chat == chat).values(**values)).rowcount == 0:
        fresh = {"chat": chat, "reachable": True, "created_at": now}
        s.execute(insert_new(s, Account), fresh | values)
