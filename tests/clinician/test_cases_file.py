"""Cases through the conversation: what is counted as right, too mild and too urgent; and what is refused in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.evaluation.cases import load_cases
from bot.evaluation.triage import play
from flows.datafile import BadData

SNAKE = """\
- name: bitten
  lang: banglish
  opening: "pa e sap kamreche"
  age_years: 30
  sex: male
  present: [snake_bite]
  accept: [{level}]
  specialty: [{specialty}]
  source: "IITT red: snake bite"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "cases.yaml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("level", "side", "emergencies"),
    [("emergency_ambulance", "right", 1.0), ("self_care", "over", None), ("consultation", "over", None)],
)
async def test_an_outcome_is_held_against_what_is_accepted(
    level: str, side: str, emergencies: float | None, tmp_path: Path
) -> None:
    figures = await play(load_cases([written(tmp_path, SNAKE.format(level=level, specialty="general_medicine"))]))
    assert [one.side for one in figures.ended] == [side]
    assert figures.figures()["emergencies_seen"] == emergencies


async def test_an_emergency_that_is_not_seen_is_too_mild(tmp_path: Path) -> None:
    text = SNAKE.format(level="emergency", specialty="general_medicine").replace("pa e sap kamreche", "sordi hachi")
    text = text.replace("present: [snake_bite]", "present: [runny_nose]\n  values: {duration_days: 1}")
    figures = await play(load_cases([written(tmp_path, text)]))
    assert [one.side for one in figures.ended] == ["under"]
    assert figures.figures()["emergencies_seen"] == 0.0
    assert figures.matrix() == {("emergency", "self_care"): 1}


async def test_a_wrong_specialty_is_counted(tmp_path: Path) -> None:
    figures = await play(
        load_cases([written(tmp_path, SNAKE.format(level="emergency_ambulance", specialty="dentistry"))])
    )
    assert (figures.figures()["exact"], figures.figures()["specialty"]) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("before", "after", "line", "named"),
    [
        ("[snake_bite]", "[snake_bit]", 6, "snake_bit"),
        ("[{level}]", "[urgent]", 7, "emergency_ambulance"),
        ("age_years: 30", "age_years: 250", 4, "120"),
        ('source: "IITT red: snake bite"', 'source: ""', 9, "at least"),
        ("sex: male", "sex: man", 5, "female"),
    ],
)
def test_a_fault_in_a_file_is_told_with_its_line(
    before: str, after: str, line: int, named: str, tmp_path: Path
) -> None:
    text = SNAKE.replace(before, after).format(level="emergency", specialty="general_medicine")
    with pytest.raises(BadData, match=rf"cases\.yaml:{line}: ") as refused:
        load_cases([written(tmp_path, text)])
    assert named in str(refused.value)
