"""What people do on the hospital's own side, by page and by command."""

from __future__ import annotations

import pytest

PAGES = [
    "/", "/patients", "/patients/chen", "/patients/sun-fusheng-old", "/patients/ma", "/calendar",
    "/calendar?schedule=schedule-dr-zhao", "/calendar?schedule=none", "/received", "/trouble",
    "/resource/Patient/chen",
]  # fmt: skip
ATTACK = "<script>alert('x')</script>"


def command(his, name, **given):
    answer = his.post(f"/_sandbox/{name}", json=given)
    assert answer.status_code == 200, answer.text
    return answer.json()


def entries(his, kind, **asked):
    found = his.get(f"/fhir/{kind}", params=asked).json()
    return [entry["resource"] for entry in found.get("entry", ())]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-CN,zh;q=0.9", "xx;q=oh"])
def test_every_page_says_that_it_is_a_sandbox(his, page, language):
    answer = his.get(page, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert 'class="sandbox"' in answer.text
    assert "<script" not in answer.text and " style=" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_pages_bring_their_own_style(his):
    assert '<link rel="stylesheet" href="/sandbox.css">' in his.get("/").text
    assert his.get("/sandbox.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("page", ["/nothing", "/patients/nobody", "/resource/Planet/1"])
def test_a_page_that_is_not_there_says_so(his, page):
    assert his.get(page).status_code == 404


def test_what_others_have_written_is_shown_as_text(his, note):
    patient = his.get("/fhir/Patient/chen").json()
    his.put("/fhir/Patient/chen", json=patient | {"name": [{"family": ATTACK}]})
    his.post("/fhir/DocumentReference", json=note() | {"type": {"text": ATTACK}})
    command(his, "add-allergy", patient="chen", code="C08CA01", text=ATTACK)
    for page in ("/patients", "/patients/chen", "/received", "/resource/Patient/chen"):
        text = his.get(page).text
        assert ATTACK not in text and "&lt;script&gt;" in text


def test_the_clinic_cancels_a_time_and_whoever_had_it(his, appointment, slot):
    booked = his.post("/fhir/Appointment", json=appointment(slot)).json()
    command(his, "cancel-slot", slot=slot)
    assert his.get(f"/fhir/Slot/{slot}").json()["status"] == "busy-unavailable"
    cancelled = his.get(f"/fhir/Appointment/{booked['id']}").json()
    assert cancelled["status"] == "cancelled" and cancelled["meta"]["versionId"] == "2"
    assert his.post("/fhir/Appointment", json=appointment(slot)).status_code == 409


def test_a_new_allergy_ends_none_known(his):
    before = entries(his, "AllergyIntolerance", patient="xu", **{"clinical-status": "active"})
    assert [r["code"]["text"] for r in before] == ["No known allergy 无已知过敏"]
    command(his, "add-allergy", patient="xu", code="C09CA03", text="Valsartan", severity="severe")
    after = entries(his, "AllergyIntolerance", patient="xu", **{"clinical-status": "active"})
    assert [(r["code"]["text"], r["criticality"]) for r in after] == [("Valsartan", "high")]


def test_a_result_arrives_with_its_report(his):
    told = command(his, "report-result", patient="chen", test="hba1c", value="9.1")
    result = his.get(f"/fhir/{told['reference']}").json()
    assert result["valueQuantity"]["value"] == 9.1
    reports = entries(his, "DiagnosticReport", result=told["reference"])
    assert [r["subject"]["reference"] for r in reports] == ["Patient/chen"]


def test_merged_records_become_one(his):
    told = command(his, "merge", gone="wang-xiulan-2", kept="wang-xiulan-1")
    gone = his.get("/fhir/Patient/wang-xiulan-2").json()
    assert gone["active"] is False
    assert gone["link"][0]["other"]["reference"] == told["reference"] == "Patient/wang-xiulan-1"
    codes = {
        r["code"]["coding"][0]["code"] for r in entries(his, "Condition", patient="wang-xiulan-1")
    }
    assert codes == {"I10", "E11.9"}
    assert entries(his, "Condition", patient="wang-xiulan-2") == []


def test_a_dose_changes(his):
    command(his, "change-dose", order="chen-rx-amlodipine", dose=2, times_a_day=1)
    order = his.get("/fhir/MedicationRequest/chen-rx-amlodipine").json()
    assert order["dosageInstruction"][0]["text"] == "2 tablet, once a day"
    assert order["meta"]["versionId"] == "2"


def test_a_patient_moves_to_a_doctor_of_another_centre(his):
    command(his, "move-patient", patient="chen", doctor="dr-zhao")
    chen = his.get("/fhir/Patient/chen").json()
    assert chen["generalPractitioner"] == [{"reference": "Practitioner/dr-zhao"}]
    assert chen["managingOrganization"] == {"reference": "Organization/songnan"}
    contract = his.get("/fhir/EpisodeOfCare/contract-chen").json()
    assert contract["careManager"]["reference"] == "Practitioner/dr-zhao"


def test_what_happens_here_does_not_count_as_received(his):
    command(his, "report-result", patient="chen", test="ldl", value="2")
    assert his.get("/_sandbox/received").json()["observations"] == []


def test_what_the_portal_sends_is_on_the_shelves(his, note, appointment, slot):
    his.post("/fhir/DocumentReference", json=note())
    his.post("/fhir/Appointment", json=appointment(slot))
    shelves = his.get("/_sandbox/received").json()
    document = shelves["documents"][0]
    assert (document["patient"], document["detail"]) == ("Patient/chen", "well")
    assert shelves["appointments"][0]["status"] == "booked"
    assert "well" in his.get("/received").text


def test_a_reset_starts_the_first_day_again(his, note):
    his.post("/fhir/DocumentReference", json=note())
    command(his, "move-patient", patient="chen", doctor="dr-zhao")
    command(his, "reset")
    chen = his.get("/fhir/Patient/chen").json()
    assert chen["meta"]["versionId"] == "1"
    assert his.get("/_sandbox/received").json()["documents"] == []


def test_the_form_comes_back_to_its_page(his):
    form = {"patient": "chen", "test": "ldl", "value": "2.5", "back": "/patients/chen"}
    answer = his.post("/_sandbox/report-result", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/patients/chen")


@pytest.mark.parametrize(
    ("back", "there"),
    [
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("javascript:x", "/"),
        ("", "/"),
        ("/x\r\nSet-Cookie: a=b", "/x"),
        ("/陈?a=b", "/%E9%99%88?a=b"),
    ],
)
def test_a_form_never_leads_away(his, back, there):
    form = {"patient": "chen", "test": "ldl", "value": "2.5", "back": back}
    answer = his.post("/_sandbox/report-result", data=form)
    assert answer.headers["location"].startswith(there) and "set-cookie" not in answer.headers
    assert "evil" not in answer.headers["location"]


def test_a_page_of_another_site_cannot_command(his):
    answer = his.post("/_sandbox/reset", data={}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("name", "given", "status"),
    [
        ("nothing", {}, 404),
        ("cancel-slot", {}, 422),
        ("cancel-slot", {"slot": "none"}, 404),
        ("cancel-slot", {"slot": "slot", "favourite": "1"}, 422),
        ("add-allergy", {"patient": "nobody", "code": "x", "text": "y"}, 404),
        ("add-allergy", {"patient": "chen", "code": "x", "text": "y", "severity": "z"}, 422),
        ("report-result", {"patient": "chen", "test": "none", "value": "1"}, 422),
        ("report-result", {"patient": "chen", "test": "ldl", "value": "nan"}, 422),
        ("report-result", {"patient": "chen", "test": "ldl", "value": "high"}, 422),
        ("merge", {"gone": "chen", "kept": "chen"}, 422),
        ("merge", {"gone": "chen", "kept": "sun-fusheng-old"}, 422),
        ("change-dose", {"order": "none", "dose": "1", "times_a_day": "1"}, 404),
        ("change-dose", {"order": "chen-rx-metformin", "dose": "0", "times_a_day": "1"}, 422),
        ("change-dose", {"order": "chen-rx-metformin", "dose": "1", "times_a_day": "9"}, 422),
        ("move-patient", {"patient": "chen", "doctor": "nobody"}, 404),
    ],
)
def test_a_command_that_makes_no_sense_changes_nothing(his, name, given, status):
    before = his.get("/").text
    answer = his.post(f"/_sandbox/{name}", json=given)
    assert answer.status_code == status and answer.json()["error"]
    assert his.get("/").text == before


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_command_that_cannot_be_read_is_refused(his, body):
    json_type = {"Content-Type": "application/json"}
    assert his.post("/_sandbox/reset", content=body, headers=json_type).status_code == 400
    assert his.put("/_sandbox/reset", content=body).status_code == 405
    assert his.post("/patients", content=body).status_code == 405


def test_a_form_that_makes_no_sense_gets_a_page(his):
    answer = his.post("/_sandbox/cancel-slot", data={"slot": "none"})
    assert answer.status_code == 404 and 'class="sandbox"' in answer.text
