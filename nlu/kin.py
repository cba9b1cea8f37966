"""Words for people of a family, as an ASHA worker writes them before or in place of a name."""

from __future__ import annotations

from typing import NamedTuple

from nlu.normal import readable


class Kin(NamedTuple):
    """A relation to the head of the family, in the words that are kept, and the sex it tells."""

    relation: str
    sex: str | None


_WORDS: dict[Kin, str] = {
    Kin("child", "male"): "chhele chele chhela chela cheleta son boy beta khoka ছেলে ছেলেটা পুত্র খোকা বেটা",
    Kin("child", "female"): "meye meyeta daughter girl beti khuki মেয়ে মেয়েটা কন্যা খুকি বেটি",
    Kin("child", None): "bachcha baccha bacha child baby shishu sishu বাচ্চা শিশু সন্তান",
    Kin("husband", "male"): "swami shami sami husband bor স্বামী বর",
    Kin("wife", "female"): "stri wife bou bow ginni স্ত্রী বউ বৌ গিন্নি",
    Kin("mother", "female"): "ma maa mother amma মা আম্মা",
    Kin("father", "male"): "baba father abba বাবা আব্বা",
    Kin("other", "female"): (
        "shashuri sasuri shasuri bouma boudi bon sister natni nani dadi thakuma dida didima nonod jaa kaki mashi pisi "
        "mother-in-law daughter-in-law sister-in-law "
        "শাশুড়ি শাশুড়ী বউমা বৌমা বৌদি বোন নাতনি নাতনী নানি দাদি ঠাকুমা দিদিমা দিদা ননদ জা কাকি মাসি পিসি granddaughter "
        "grandmother grandma aunt"
    ),
    Kin("other", "male"): (
        "father-in-law son-in-law brother-in-law shoshur sosur shashur bhai brother nati nana dadu thakurda jamai deor "
        "bhasur kaka শ্বশুর ভাই নাতি নানা দাদু ঠাকুরদা "
        "জামাই দেওর ভাসুর কাকা grandson grandfather grandpa uncle"
    ),
}  # fmt: skip
RELATIONS: dict[str, Kin] = {readable(word): kin for kin, words in _WORDS.items() for word in words.split()}
"""Each word to who it is."""
_SEX_WORDS = {
    "female": "f female woman lady mohila stree মহিলা স্ত্রীলোক",
    "male": "m male man purush পুরুষ",
}
SEXES: dict[str, str] = {readable(word): sex for sex, words in _SEX_WORDS.items() for word in words.split()}
"""Words that tell the sex and nothing else."""
