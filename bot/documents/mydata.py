"""What is held about somebody, as data for the page: a section a table, in words where a reader has use for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.words import plain, say
from flows.heard import Language

Row = Mapping[str, Any]
Said = list[tuple[str, Any]]
"""Label (a text mydata.<label>) and value of a payload."""
LINES_AT_MOST = 60
"""Rows of a section that are written out; the JSON file has all."""


def mydata_page(lang: Language, held: Mapping[str, Sequence[Row]], made_at: str) -> dict[str, Any]:
    """The whole page, ready for mydata.typ. `held`: as storage.mydata gives it."""
    sections = [_section(lang, name, rows) for name, rows in held.items()]
    return {
        "lang": lang,
        "title": _text(lang, "mydata.title"),
        "made": _text(lang, "mydata.made", date={"date": made_at, "year": True}),
        "about": _text(lang, "mydata.about"),
        "page": _text(lang, "summary.page"),
        "sections": [one for one in sections if one["count"]],
        "empty": _text(lang, "mydata.empty", what={"list": [_title(one) for one, rows in held.items() if not rows]}),
    }


def _section(lang: Language, name: str, rows: Sequence[Row]) -> dict[str, Any]:
    shown = []
    if write := _WRITTEN.get(name):
        told = ([(label, value) for label, value in write(row) if value] for row in rows[-LINES_AT_MOST:])
        shown = [[_line(lang, label, value) for label, value in row] for row in told if row]
    left = len(rows) - len(shown)
    return {
        "title": _say(lang, _title(name)),
        "count": len(rows),
        "rows": shown,
        "left": _text(lang, "mydata.in_the_file", count=left) if left else None,
    }


def _line(lang: Language, label: str, value: Any) -> dict[str, str]:
    return {"label": _text(lang, f"mydata.{label}"), "words": _say(lang, value)}


def _title(name: str) -> dict[str, str]:
    return {"t": f"mydata.of.{name}"}


def _person(row: Row) -> Said:
    sex = {"t": f"choice.{row['sex']}"} if row["sex"] else None
    born = {"date": row["born"], "year": True} if row["born"] else None
    return [("name", row["name"]), ("born", born), ("sex", sex), ("phone", row["phone"]), ("abha", row["abha"]),
            ("illnesses", _words(row["illnesses"])), ("allergies", _words(row["allergies"]))]  # fmt: skip


def _account(row: Row) -> Said:
    purposes = [{"t": f"purpose.{one}"} for one in row["consent_purposes"] or ()]
    return [("language", {"t": f"language.{row['lang']}"} if row["lang"] else None),
            ("purposes", {"list": purposes} if purposes else None), ("since", _day(row["consent_at"]))]  # fmt: skip


def _booking(row: Row) -> Said:
    return [("when", {"at": row["starts_at"]}), ("token", row["token_number"]),
            ("status", {"t": f"status.{row['status']}"} if row["status"] in _STATUSES else None)]  # fmt: skip


def _decision(row: Row) -> Said:
    return [("when", {"at": row["at"]}), ("level", {"t": f"level.{row['level']}"})]


def _consult(row: Row) -> Said:
    content = row["content"]
    medicines = [" ".join(filter(None, (m.get("generic"), m.get("strength"), m.get("dose"))))
                 for m in content.get("medicines") or ()]  # fmt: skip
    return [("when", {"at": row["saved_at"]}), ("diagnosis", content.get("diagnosis")),
            ("medicines", _words(medicines)), ("advice", content.get("advice"))]  # fmt: skip


def _consent(row: Row) -> Said:
    return [("when", {"at": row["at"]}), ("purposes", {"list": [{"t": f"purpose.{one}"} for one in row["purposes"]]}),
            ("ended", _day(row["ended_at"]))]  # fmt: skip


def _inbox(row: Row) -> Said:
    """What was typed; a press says nothing by itself."""
    words = row["payload"].get("text")
    return [("when", {"at": row["received_at"]}), ("words", words)] if words else []


def _trace(row: Row) -> Said:
    return [("when", {"at": row["at"]}), ("action", row["action"])]


_STATUSES = frozenset({"booked", "arrived", "fulfilled", "cancelled", "noshow"})
_WRITTEN: dict[str, Callable[[Row], Said]] = {
    "person": _person, "account": _account, "booking": _booking, "decision": _decision, "consult": _consult,
    "consent": _consent, "inbox": _inbox, "read_by": _trace,
}  # fmt: skip


def _words(values: Any) -> Any:
    return {"list": [str(one) for one in values]} if values else None


def _day(moment: str | None) -> Any:
    return {"date": moment, "year": True} if moment else None


def _say(lang: Language, value: Any) -> str:
    return plain(say(lang, value))


def _text(lang: Language, text_id: str, **args: Any) -> str:
    return _say(lang, {"t": text_id, "args": args})
