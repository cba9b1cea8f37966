"""What is understood of a message, in Bengali script, romanised Bengali and English. Read by the words alone."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.heard import Heard
from nlu.read import Expects, read
from nlu.reading import RasaReading

NOW = datetime.fromisoformat("2026-11-23T09:00+05:30")  # a Monday


def heard(text: str, expects: Expects | None = None, rasa: RasaReading | None = None) -> Heard:
    """The reading of a text on that Monday morning."""
    return read(text, NOW, expects or Expects(), rasa)


FINDINGS: list[tuple[str, set[str], set[str]]] = [
    ("কাল থেকে জ্বর আর গলা ব্যথা", {"fever", "sore_throat"}, set()),
    ("kal theke jor r gola betha", {"fever", "sore_throat"}, set()),
    ("fever and sore throat since yesterday", {"fever", "sore_throat"}, set()),
    ("জ্বর নেই কিন্তু কাশি আছে", {"cough"}, {"fever"}),
    ("jor nei kintu kashi ache", {"cough"}, {"fever"}),
    ("bacchata nishwas nite parche na", {"breathlessness"}, set()),
    ("not breathing", {"breathless_at_rest"}, set()),
    ("no fever but there is cough", {"cough"}, {"fever"}),
    ("জ্বর কাশি কিছু নেই", set(), {"fever", "cough"}),
    ("jor kashi kichu nei", set(), {"fever", "cough"}),
    ("no fever, no vomiting", set(), {"fever", "vomiting"}),
    ("বমি হচ্ছে না, পায়খানা পাতলা", {"diarrhoea"}, {"vomiting"}),
    ("জ্বর ছিল, এখন নেই", set(), {"fever"}),
    ("buke betha", {"chest_pain"}, set()),
    ("পেটে খুব ব্যথা করছে", {"abdominal_pain"}, set()),
    ("matha ghurche", {"dizziness"}, set()),
    ("মাথা ব্যাথা", {"headache"}, set()),
    ("haste haste more gelam", set(), set()),
    ("khide te more jacchi", set(), set()),
    ("sape kamor diyeche", {"snake_bite"}, set()),
    ("নিঃশ্বাস নিতে কষ্ট হচ্ছে", {"breathlessness"}, set()),
    ("loose motion", {"diarrhoea"}, set()),
    ("chokh lal hoye geche", {"eye_redness"}, set()),
    ("গা চুলকাচ্ছে", {"itching"}, set()),
]


@pytest.mark.parametrize(("text", "present", "absent"), FINDINGS, ids=[text for text, _, _ in FINDINGS])
def test_findings_said_and_denied(text: str, present: set[str], absent: set[str]) -> None:
    read_so = heard(text)
    assert set(read_so.present) == present
    assert set(read_so.absent) == absent


VALUES: list[tuple[str, dict[str, Any]]] = [
    ("৩ দিন ধরে জ্বর", {"duration_days": 3}),
    ("tin din dhore jor", {"duration_days": 3}),
    ("2-3 din dhore jor", {"duration_days": 3}),
    ("আজ সকাল থেকে বমি", {"duration_days": 0}),
    ("গতকাল থেকে বমি", {"duration_days": 1}),
    ("এক সপ্তাহ ধরে কাশি", {"duration_days": 7}),
    ("cough for a month", {"duration_days": 30}),
    ("kichu din dhore kashi", {"duration_days": None}),
    ("ghum theke uthe dekhi matha ghurche", {"duration_days": 0}),
    ("a bad headache since this morning", {"duration_days": 0}),
    ("evening fever since four days", {"duration_days": 4}),
    ("মামা তিন দিন কাশছে", {"duration_days": 3, "age_years": None}),
    ("jethur ek hopta jor", {"duration_days": 7, "age_years": None}),
    ("vomiting 2 days, my baby is weak", {"duration_days": 2, "age_years": None}),
    ("নাতি দশ দিনের, জ্বর", {"age_years": 0.027}),
    ("Salma 41 f", {"age_years": 41.0, "measures": {}}),
    ("103 f jor", {"measures": {"temperature_c": 39.4}}),
    ("আমার ছেলের জ্বর", {"subject": "child", "sex": "male"}),
    ("amar meyer jor", {"subject": "child", "sex": "female"}),
    ("আমার শাশুড়ির জ্বর", {"subject": "other", "sex": "female"}),
    ("my father has fever", {"subject": "father", "sex": "male"}),
    ("amar jor", {"subject": "self"}),
    ("৬৫ বছরের বাবা, কাশি", {"age_years": 65, "subject": "father"}),
    ("8 maser baccha, jor", {"age_years": pytest.approx(8 / 12, abs=0.01)}),
    ("আড়াই বছরের মেয়ের জ্বর", {"age_years": 2.5}),
    ("১০২ জ্বর", {"measures": {"temperature_c": pytest.approx(38.9, abs=0.1)}}),
    ("BP 160/100", {"measures": {"systolic": 160, "diastolic": 100}}),
    ("ami 5 maser pregnant", {"pregnant": True}),
]


@pytest.mark.parametrize(("text", "said"), VALUES, ids=[text for text, _ in VALUES])
def test_ages_durations_people_and_measures(text: str, said: dict[str, Any]) -> None:
    read_so = heard(text)
    assert {name: getattr(read_so, name) for name in said} == said


TIMES = [
    ("কাল বিকেলে", "2026-11-24", "afternoon"),
    ("porshu sokal sare dosta", "2026-11-25T10:30", None),
    ("সামনের সোমবার", "2026-11-30", None),
    ("next wed 4pm", "2026-11-25T16:00", None),
    ("কাল পৌনে পাঁচটায়", "2026-11-24T16:45", None),
    ("২৫ তারিখ", "2026-11-25", None),
]


@pytest.mark.parametrize(("text", "when", "part"), TIMES, ids=[text for text, _, _ in TIMES])
def test_days_and_times_lie_ahead(text: str, when: str, part: str | None) -> None:
    read_so = heard(text)
    assert read_so.when == when
    assert part is None or read_so.part_of_day == part


REPLIES = [
    ("হ্যাঁ", "yes"), ("hyan", "yes"), ("yes", "yes"), ("হুম", "yes"), ("👍", "yes"),
    ("না না", "no"), ("nope", "no"), ("nei", "no"),
    ("জানি না", "dont_know"), ("jani na", "dont_know"), ("no idea", "dont_know"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reply"), REPLIES, ids=[text for text, _ in REPLIES])
def test_yes_no_and_dont_know(text: str, reply: str) -> None:
    assert heard(text, Expects("yes_no", "stiff_neck", "stiff_neck")).reply == reply


WISHES = [
    ("আমার টোকেন কবে", "my_appointments"), ("amar token ta batil korun", "cancel_appointment"),
    ("change my appointment", "reschedule_appointment"), ("ডাক্তার দেখাতে চাই", "book_appointment"),
    ("english e bolun", "change_language"), ("manusher sathe kotha bolbo", "talk_to_human"),
    ("ধন্যবাদ", "thanks"), ("delete my data", "delete_my_data"), ("amar jor", "report_symptoms"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "intent"), WISHES, ids=[text for text, _ in WISHES])
def test_wishes_are_read_without_rasa(text: str, intent: str) -> None:
    assert heard(text).intent == intent


def test_an_offered_choice_is_named_by_its_label_or_its_place() -> None:
    expects = Expects("choice", "sex", None, (("female", ("মহিলা", "Female")), ("male", ("পুরুষ", "Male"))))
    assert heard("পুরুষ", expects).choice == "male"
    assert heard("female", expects).choice == "female"
    assert heard("২ নম্বরটা", expects).choice == "male"
    assert heard("the last one", expects).choice == "male"
    assert heard("jor", expects).choice is None


def test_a_bare_number_is_the_age_where_the_age_was_asked() -> None:
    assert heard("45", Expects("number", "age")).age_years == 45
    assert heard("৪৫", Expects("number", "age")).age_years == 45
    assert heard("250", Expects("number", "age")).age_years == 250
    assert heard("45").age_years is None


def test_a_danger_sign_that_only_rasa_saw_is_asked_about() -> None:
    read_so = heard("seta ki kore holo", rasa=RasaReading("report_symptoms", 0.9, ("snake_bite",)))
    assert read_so.present == ()
    assert read_so.uncertain == ("snake_bite",)
    assert not read_so.red_flag


@pytest.mark.parametrize(
    "text", ["29 soptaho cholche amar", "amar 8 mas er pet, khub matha betha", "jor nei kintu 103", "kashi"]
)
def test_what_rasa_saw_takes_nothing_from_what_the_words_told(text: str) -> None:
    opinion = RasaReading("report_symptoms", 0.9, ("known_pregnancy", "fever", "chest_pain", "cough"))
    alone, together = heard(text), read(text, NOW, rasa=opinion)
    assert (together.present, together.absent) == (alone.present, alone.absent)
    assert set(alone.uncertain) <= set(together.uncertain)


def test_a_red_flag_is_what_fires_an_emergency_by_itself() -> None:
    assert heard("সাপে কামড়েছে").red_flag
    assert heard("baba ogyan hoye geche, sara nei").red_flag
    assert not heard("সাপে কামড়ায়নি").red_flag
    assert not heard("amar jor").red_flag


ODD = [
    "",
    " ",
    "\x00",
    "😀" * 50,
    "ক্" * 3000,
    "\u200d\u200c" * 40,
    "\u202eamar jor",
    "হ̷̢̛a̴l̶g̵o̷",
    "ଜ୍ୱର",
    "जॉर",
    "7" * 400,
    "/" * 100,
    "\ud800",
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_text_is_read_and_not_raised_over(text: str) -> None:
    assert heard(text).degraded is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    assert heard(text).degraded is None


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([text for text, _, _ in FINDINGS]), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_the_same_text_reads_the_same_in_any_normal_form(text: str, form: Any) -> None:
    one, other = heard(text), heard(unicodedata.normalize(form, text))
    assert (one.present, one.absent, one.intent) == (other.present, other.absent, other.intent)
