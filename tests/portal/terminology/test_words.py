"""Untidy words of other systems are understood, or not at all."""

from __future__ import annotations

import pytest

from portal.terminology import icd10, substances

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Simvastatin 20 MG Oral Tablet", {"simvastatin"}),
        ("Simvistatin 10 MG", {"simvastatin"}),
        ("Allergy to simvastatin", {"simvastatin"}),
        ("24 HR metoprolol succinate 100 MG Extended Release Oral Tablet [Toprol]", {"metoprolol"}),
        ("Lasix 40mg", {"furosemide"}),
        ("levofloxacin500mg", {"levofloxacin"}),
        ("苯磺酸氨氯地平片 5mg", {"amlodipine"}),
        ("左氨氯地平", {"levamlodipine"}),
        ("罗红霉素胶囊", {"roxithromycin"}),
        ("右佐匹克隆", {"eszopiclone"}),
        ("复方磺胺甲噁唑片", {"sulfamethoxazole", "trimethoprim"}),
        ("Augmentin 625", {"amoxicillin", "clavulanic acid"}),
        ("spironolactone", {"spironolactone"}),
        ("Amlodipine 5 mg tablet 苯磺酸氨氯地平片", {"amlodipine"}),
        ("", set()),
        ("herbal tea\x00", set()),
    ],
)
def test_substances_are_found_in_a_text(text, meant):
    assert substances.of_text(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Allergy to penicillin", {"penicillin"}),
        ("Sulfonamides 磺胺类", {"sulfonamide-antibiotic"}),
        ("SULFA drugs", {"sulfonamide-antibiotic"}),
        ("头孢类过敏", {"cephalosporin"}),
        ("statins", {"statin"}),
        ("NSAIDs", {"nsaid"}),
        ("penicillamine", set()),
        ("Allergy to grass pollen", set()),
    ],
)
def test_classes_are_found_in_a_text(text, meant):
    assert substances.classes_of_text(text) == meant


def test_codes_of_other_systems_are_mapped():
    assert substances.of_coding(RXNORM, "312961") == {"simvastatin"}
    assert substances.of_coding(ATC, "A10BD07") == {"sitagliptin", "metformin"}
    assert substances.of_coding(ATC, "Z99XX99") == set()
    assert substances.of_coding("urn:vendor", "312961") == set()
    assert substances.classes_of_coding("http://snomed.info/sct", "91936005") == {"penicillin"}
    assert "lisinopril" in substances.of_atc_group("C09AA")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("I10", "I10"), (" i10 ", "I10"), ("E119", "E11.9"), ("E11.900x001", "E11.9"),
        ("I10.x00", "I10"), ("M10.9", "M10.9"),
    ],
)  # fmt: skip
def test_a_diagnosis_is_found_however_it_is_written(written, code):
    assert icd10.find(written).code == code


@pytest.mark.parametrize(
    "written", ["", "XX", "I10-I15", "IX", "I10\x00", "Ｉ１０", "A99.9.9", "?"]
)
def test_what_is_no_diagnosis_is_none(written):
    assert icd10.find(written) is None


def test_diagnoses_are_searched_by_code_english_and_chinese():
    assert icd10.search("高血压", 3)[0].code == "I10"
    assert icd10.search("hypertens", 3)[0].code == "I10"
    assert icd10.search("e11", 3)[0].code == "E11"
    assert icd10.search("   ") == ()
    assert len(icd10.search("a", 7)) == 7


def test_a_finer_code_takes_the_flags_of_its_category():
    found = icd10.find("I10")
    assert (found.name_zh, found.chronic, found.online) == ("原发性高血压", True, True)
    assert icd10.find("E78.4").chronic and icd10.find("E78.4").name_zh == ""
    assert not icd10.find("I21.9").online
    assert icd10.category("E11.9") == icd10.category("e112") == "E11"


@pytest.mark.parametrize("code", list(icd10._list()))
def test_every_local_diagnosis_is_a_real_code(code):
    assert icd10.find(code).code == code
