"""The real-name link: never a guess."""

from __future__ import annotations

from datetime import date

import pytest

from portal.his import directory, identity, slots
from portal.his.errors import Unavailable
from portal.his.port import Identifier, Person
from tests.portal.his.scripted import Reply, bundle, outcome

NUMBER = Identifier("urn:oid:2.16.156.10011.1.3", "31011019550308022X")
CHEN = Person("陈桂兰", date(1955, 3, 8), "female", (NUMBER,))


def patient(pk="chen", **facts):
    row = {
        "resourceType": "Patient",
        "id": pk,
        "name": [{"text": "陈桂兰"}],
        "birthDate": "1955-03-08",
        "gender": "female",
        "identifier": [{"system": NUMBER.system, "value": NUMBER.value}],
    }
    return row | facts


@pytest.fixture
def found(own_his, centre):
    """What the hospital finds, and whom the portal then links."""

    def _found(*by_number, by_birthday=(), person=CHEN):
        def search(asked):
            return bundle(*(by_number if asked.one("identifier") else by_birthday))

        own_his.on("POST", "/Patient/_search", search)
        return identity.find(person, centre)

    return _found


def test_number_name_and_birthday_agree(found):
    link = found(patient())
    assert isinstance(link, identity.One) and (link.patient.ref.id, link.by) == (
        "chen",
        "identifier",
    )


@pytest.mark.parametrize(
    "theirs", [{"name": [{"text": "王芳"}]}, {"birthDate": "1955-03-09"}, {"name": None}]
)
def test_a_number_of_somebody_else_links_nobody(found, theirs):
    assert found(patient(**theirs)) == identity.NoMatch("name-differs")


def test_a_small_letter_at_the_end_of_the_number_is_the_same_number(found):
    small = [{"system": NUMBER.system, "value": NUMBER.value.lower()}]
    assert isinstance(found(patient(identifier=small)), identity.One)


def test_two_records_are_a_registrar_s(found):
    assert found(patient("a"), patient("b")) == identity.Ambiguous(2)


def test_namesakes_of_one_birthday_are_a_registrar_s(found):
    plain = {"identifier": []}
    twins = (patient("a", **plain), patient("b", **plain))
    assert found(by_birthday=twins) == identity.Ambiguous(2)


def test_a_namesake_with_another_number_is_not_this_person(found):
    other = [{"system": NUMBER.system, "value": "310110195503080999"}]
    assert found(by_birthday=[patient("a", identifier=other)]) == identity.NoMatch()


def test_a_record_without_numbers_is_known_by_name_and_birthday_and_says_so(found):
    link = found(by_birthday=[patient("a", identifier=[])])
    assert isinstance(link, identity.One) and link.by == "demographics"


def test_only_certain_matches_of_the_hospital_count(own_his, found):
    grade = "http://hl7.org/fhir/StructureDefinition/match-grade"

    def graded(word):
        entry = {"resource": patient("m", identifier=[])}
        entry["search"] = {"extension": [{"url": grade, "valueCode": word}]}
        return {"resourceType": "Bundle", "entry": [entry]}

    own_his.on("POST", r"/Patient/\$match", graded("probable"))
    assert found() == identity.NoMatch()
    own_his.on("POST", r"/Patient/\$match", graded("certain"))
    assert found().by == "match"


@pytest.mark.parametrize("status", [404, 405, 501, 400])
def test_a_hospital_without_matching_is_no_trouble(own_his, found, status):
    own_his.on("POST", r"/Patient/\$match", Reply(status, outcome("not-supported")))
    assert found() == identity.NoMatch()


def test_no_answer_is_not_no_match(own_his, centre):
    own_his.on("POST", "/Patient", Reply(503, b""))
    with pytest.raises(Unavailable):
        identity.find(CHEN, centre)


def test_free_times_are_asked_once_in_half_a_minute(own_his, centre):
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    own_his.on("GET", "/Schedule", bundle())
    first = slots.find_slots(centre, "dr-li", now, now + timedelta(days=1))
    second = slots.find_slots(centre, "dr-li", now, now + timedelta(days=1))
    assert (first.source, second.source) == ("live", "cache")
    assert second.as_of == first.as_of
    assert len(own_his.asked_for("GET", "/Schedule")) == 1


def test_the_directory_is_asked_once_in_an_hour(own_his, centre):
    person = {"resourceType": "Practitioner", "id": "dr-li", "name": [{"text": "李伟"}]}
    own_his.on("GET", "/", lambda asked: bundle())
    own_his.on("GET", "/Practitioner$", bundle(person))
    assert directory.doctors(centre).value[0].name == "李伟"
    assert directory.doctors(centre).source == "cache"
    assert len(own_his.asked_for("GET", "/Practitioner$")) == 1
