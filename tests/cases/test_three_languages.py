"""The same case told in Bengali, romanised and in English ends the same."""

from __future__ import annotations

import pytest

from bot.evaluation.cases import Case
from bot.evaluation.triage import conversations

TOLD = {
    "snake": ("পায়ে সাপে কামড়েছে", "paye sape kamreche", "snake bit my foot", ["snake_bite"]),
    "stroke signs": ("বাবার মুখ বেঁকে গেছে", "babar mukh beke geche", "my father's face is drooping", ["facial_droop"]),
    "chest": ("বুকে ব্যথা আর ঘাম হচ্ছে", "buke betha ar gham hocche", "chest pain and sweating", ["chest_pain", "sweating"]),
    "fit": ("খিঁচুনি হচ্ছে", "khichuni hocche", "having fits now", ["convulsions"]),
    "cold": (
        "সর্দি আর হাঁচি ১ দিন",
        "sordi ar hachi 1 din",
        "runny nose and sneezing for 1 day",
        ["runny_nose", "sneezing"],
    ),
    "cough a month": ("এক মাস ধরে কাশি", "ek mas dhore kashi", "cough for one month", ["cough"]),
    "fever": ("তিন দিন ধরে জ্বর", "tin din dhore jor", "fever for three days", ["fever"]),
    "loose motions": ("দুদিন পাতলা পায়খানা", "dudin patla paykhana", "loose motion for two days", ["diarrhoea"]),
    "knee": ("ছ মাস হাঁটু ব্যথা", "choy mas hatu betha", "knee pain for six months", ["joint_pain"]),
    "poison": ("বিষ খেয়েছে", "bish kheyeche", "has drunk poison", ["poisoning"]),
    "burning urine": ("পেচ্ছাপে জ্বালা করছে", "pecchape jala korche", "burning urine", ["burning_urination"]),
    "low mood": ("মন খারাপ লাগে ৩০ দিন", "mon kharap lage 30 din", "feeling sad for 30 days", ["low_mood"]),
    "dandruff": ("মাথায় খুশকি", "mathay khuski", "dandruff in hair", ["dandruff"]),
}
DAYS = {"cold": 1, "cough a month": 30, "fever": 3, "loose motions": 2, "knee": 180, "low mood": 30}


@pytest.mark.parametrize("name", TOLD)
async def test_three_ways_of_telling_end_the_same(name: str) -> None:
    *openings, present = TOLD[name]
    ends = []
    async with conversations() as service:
        for lang, opening in zip(("bn", "banglish", "en"), openings, strict=True):
            case = Case(
                name=name, lang=lang, opening=opening, age_years=45, sex="male", present=tuple(present),
                values={"duration_days": DAYS.get(name, 1)}, accept=("consultation",), source="three ways of telling",
            )  # fmt: skip
            ended = await service.play(case)
            assert ended.outcome is not None, ended.problem
            ends.append((ended.outcome["level"], ended.outcome["rule"], ended.outcome["specialty"]))
    assert len(set(ends)) == 1, ends
