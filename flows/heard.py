"""What was understood of one message: the value that reading gives and flows work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Language = Literal["bn", "en"]
Script = Literal["bengali", "latin", "mixed", "none"]
Reply = Literal["yes", "no", "dont_know"]
Sex = Literal["female", "male"]
Subject = Literal["self", "child", "mother", "father", "wife", "husband", "other"]
PartOfDay = Literal["morning", "noon", "afternoon", "evening", "night"]


@dataclass(frozen=True)
class Heard:
    """One message as understood. Missing is `None` or empty, never "no"."""

    text: str = ""  # as typed: NULs stripped, NFC, at most 4,000 characters
    intent: str | None = None
    confidence: float = 0.0
    present: tuple[str, ...] = ()  # finding codes said to be there now
    absent: tuple[str, ...] = ()  # finding codes denied, or said to be over
    uncertain: tuple[str, ...] = ()  # feared, asked about, or doubtful: to be asked, never assumed
    duration_days: int | None = None  # today, since morning: 0; yesterday: 1; a range: its upper end
    age_years: float | None = None  # of the one who is ill; months and days as fractions of a year
    corrects: float | None = None  # "54, not 45": the number that was wrong; the right one is the age or the number
    sex: Sex | None = None
    subject: Subject | None = None
    pregnant: bool | None = None
    measures: dict[str, float] = field(default_factory=dict)  # temperature_c, systolic, diastolic, sugar_mg_dl,
    # oxygen_percent, pulse, breaths_per_minute, weeks_pregnant
    impossible: dict[str, float] = field(default_factory=dict)  # numbers no person has: to be asked for again
    when: str | None = None  # ISO date, or date and time (no zone: Asia/Kolkata), in the future
    part_of_day: PartOfDay | None = None
    number: float | None = None  # the only number of the message, words included ("দশ")
    ordinal: int | None = None  # "the second one": 2; "the last one": -1
    reply: Reply | None = None  # the message as an answer to a yes/no question
    choice: str | None = None  # id of the offered choice whose label or place in the list was named
    command: str | None = None  # back, cancel, restart, stop: said in words or as a /command
    language: Language | None = None  # to answer in: romanised Bengali is "bn"
    script: Script = "none"
    red_flag: bool = False  # what is present fires an emergency rule by itself
    by: dict[str, list[str]] = field(default_factory=dict)  # finding codes by reader: lexicon, rasa,
    # second (what the second reader added)
    pin: str | None = None  # what came of a PIN that was typed (bot.pin_entry); its digits are nowhere
    degraded: str | None = None  # why a reader did not take part: "rasa_down", "rasa_slow", "deadline"

    def finds(self) -> dict[str, Any]:
        """What triage may use, as JSON: finding codes with yes/no, measures, duration, age, sex, pregnancy."""
        facts: dict[str, Any] = dict.fromkeys(self.absent, False) | dict.fromkeys(self.present, True)
        facts |= self.measures
        for key in ("duration_days", "age_years", "sex"):
            if (value := getattr(self, key)) is not None:
                facts[key] = value
        if self.pregnant is not None:
            facts["known_pregnancy"] = self.pregnant
        return facts
