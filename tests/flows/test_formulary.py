"""The formulary: what is on it, how names, strengths and classes are found, and what its loader refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.datafile import BadData
from flows.formulary import (
    FILE,
    allergic,
    classes_named,
    doubled,
    find,
    formulary,
    nearest,
    same_strength,
    shapes,
)
from flows.prescription import _FORMS, forbidden


def test_every_name_fits_into_a_button() -> None:
    assert all(len(name.encode()) <= 50 for name in formulary().medicines)  # 64 bytes, with the step


def test_it_says_where_it_is_from_and_who_answers_for_it() -> None:
    assert "Telemedicine Practice Guidelines 2020" in formulary().source
    assert formulary().signed is None  # until a pharmacist or clinician does


@pytest.mark.parametrize(
    ("of", "names"),
    [
        ("O", "paracetamol, ors, zinc, ambroxol, dextromethorphan, vitamin d, calcium, iron and folic acid"),
        ("A", "clotrimazole, mupirocin, calamine, benzyl benzoate, ciprofloxacin, enalapril, atenolol, metformin"),
        ("A", "glibenclamide, salmeterol"),
        ("B", "hydrochlorothiazide, sitagliptin"),
    ],
)
def test_what_the_guidelines_name_stands_on_their_list(of: str, names: str) -> None:
    for name in names.split(", "):
        found = find(name)
        assert found is not None and found.list == of, name


def test_no_name_of_it_is_forbidden_and_each_form_is_one_that_is_read() -> None:
    for name, one in formulary().medicines.items():
        assert [other for other in (name, *one.other) if forbidden(other)] == []
        assert set(one.forms) <= set(_FORMS.values()), name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Amoxycillin", "amoxicillin"), ("PCM", "paracetamol"), ("প্যারাসিটামল", "paracetamol"), ("O.R.S.", None),
        ("Metformin HCl", "metformin"), ("metformin sr", "metformin"), ("Frusemide", "furosemide"),
        ("co trimoxazole", "co-trimoxazole"), ("Paracetmol", None), ("", None),
    ],
)  # fmt: skip
def test_a_name_is_known_by_its_other_spellings_and_never_by_a_guess(written: str, name: str | None) -> None:
    found = find(written)
    assert (found.names if found else None) == ((name,) if name else None)


def test_two_in_one_tablet_have_the_stricter_list_and_the_classes_of_both() -> None:
    both = find("Telmisartan + Hydrochlorothiazide")
    assert both is not None
    assert (both.list, both.classes, both.forms) == ("B", ("arbs", "thiazides"), {})
    assert find("Telmisartan + Zzyzxol") is None


@pytest.mark.parametrize(
    ("written", "first"),
    [("paracetmol", "paracetamol"), ("Azithromicin", "azithromycin"), ("omeprazol", "omeprazole"),
     ("ceterizine", "cetirizine"), ("Metphormin", "metformin")],
)  # fmt: skip
def test_what_is_like_a_misspelt_name_is_offered(written: str, first: str) -> None:
    assert nearest(written)[0] == first


@pytest.mark.parametrize("written", ["some cream", "কিছু একটা", "zzyzxol", ""])
def test_what_is_like_nothing_is_offered_nothing(written: str) -> None:
    assert nearest(written) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("500mg", "500 mg", True), ("৫০০ মিগ্রা", "500 mg", True), ("0.5 g", "500 mg", True), ("500", "500 mg", True),
        ("1%", "1 %", True), ("250mg/5ml", "250 mg/5 ml", True), ("WHO", "who", True), ("60000IU", "60000 IU", True),
        ("50 mg", "500 mg", False), ("500 mcg", "500 mg", False), ("250 mg", "250 mg/5 ml", False), ("", "1 %", False),
    ],
)  # fmt: skip
def test_strengths(one: str, other: str, same: bool) -> None:
    assert same_strength(one, other) is same


@pytest.mark.parametrize(
    ("words", "generic", "against"),
    [
        ("penicillin", "amoxicillin", False), ("পেনিসিলিন ইনজেকশন", "ampicillin", False),
        ("penicillin", "cefixime", True), ("Sulfa drugs", "co-trimoxazole", False), ("aspirin", "ibuprofen", False),
        ("amoxicillin", "cloxacillin", False),
        ("ibuprofen", "ibuprofen", False), ("Zzyzxol", "ZZYZXOL 10", False), ("dust", "amoxicillin", None),
        ("all", "allopurinol", None), ("penicillin", "azithromycin", None), ("brinjal", "paracetamol", None),
    ],
)  # fmt: skip
def test_an_allergy_speaks_against_its_class_and_what_may_cross(words: str, generic: str, against: bool | None) -> None:
    found = allergic(find(generic), generic, ["dust", words])
    assert (found and found[1]) == against


@pytest.mark.parametrize(
    ("generic", "before", "why"),
    [
        ("PCM", ["PARACETAMOL"], "same"), ("ibuprofen", ["DICLOFENAC"], "nsaids"), ("X", ["x"], "same"),
        ("glimepiride + metformin", ["METFORMIN"], "same"), ("telmisartan", ["ENALAPRIL"], None),
        ("timolol", ["ATENOLOL"], None), ("paracetamol", [], None),
    ],
)  # fmt: skip
def test_doublings(generic: str, before: list[str], why: str | None) -> None:
    found = doubled(generic, before)
    assert (found and found[1]) == why


def test_classes_are_named_by_their_words_and_their_medicines() -> None:
    assert classes_named("allergic to sulpha") == {"sulfonamides"}
    assert classes_named("aspirin") == {"nsaids", "antiplatelets"}
    assert classes_named("penicillinase") == frozenset()


def test_the_shapes_of_a_medicine() -> None:
    metformin = find("metformin")
    assert metformin is not None
    assert shapes(metformin) == [("tablet", "500 mg"), ("tablet", "850 mg"), ("tablet", "1000 mg")]


@pytest.mark.parametrize(
    ("written", "made", "said"),
    [
        ("classes: [nitrates]", "classes: [nitrats]", "no class nitrats; write it under classes"),
        ("crosses: [penicillins]", "crosses: [penicilins]", "no class penicilins to cross with"),
        ("other: [frusemide]", "other: [frusemide, PCM]", "PCM stands under paracetamol too; keep one"),
        ("adapalene: {list: A", "adapalene: {list: X", "adapalene"),
        ("adapalene: {list: A, forms: {gel: [0.1 %]}", "adapalene: {list: A, forms: {}", "adapalene"),
    ],
)
def test_a_fault_is_refused_with_its_line(tmp_path: Path, written: str, made: str, said: str) -> None:
    text = FILE.read_text("utf-8")
    at = text[: text.index(written)].count("\n") + 1
    file = tmp_path / "formulary.yaml"
    file.write_text(text.replace(written, made, 1), "utf-8")
    with pytest.raises(BadData, match=said) as refused:
        formulary(file)
    assert f"{file}:{at}:" in str(refused.value)
