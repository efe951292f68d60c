import pytest

from portal.notification.models import Notification
from portal.notification.notifying import notify


@pytest.fixture
def notice(chen):
    facts = {"centre": "Yanghang", "telephone": "021-56000001"}
    return notify(chen.user, "identity-not-found", event="1", **facts)


def test_a_person_reads_their_notices(as_person, chen, notice):
    page = as_person(chen).get("/notices/").content.decode()
    assert "Yanghang could not confirm who you are" in page


def test_another_persons_notice_is_not_there(as_person, neighbour, notice):
    browser = as_person(neighbour)
    assert "Yanghang could" not in browser.get("/notices/").content.decode()
    assert browser.post(f"/notices/{notice.pk}/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_opening_a_notice_marks_it_as_read(as_person, chen, notice):
    assert as_person(chen).post(f"/notices/{notice.pk}/").status_code == 302
    notice.refresh_from_db()
    assert notice.read_at


def test_all_may_be_marked_at_once(as_person, chen, neighbour, notice):
    facts = {"centre": "Yanghang", "telephone": "021-56000001"}
    other = notify(neighbour.user, "identity-not-found", **facts)
    as_person(chen).post("/notices/read/")
    assert not Notification.objects.filter(user=chen.user, read_at=None).exists()
    other.refresh_from_db()
    assert other.read_at is None


def test_the_list_costs_the_same_for_one_notice_and_for_twenty(
    as_person, chen, notice, django_assert_max_num_queries
):
    browser = as_person(chen)
    for number in range(25):
        notify(chen.user, "number-released", event=str(number))
    with django_assert_max_num_queries(8):
        assert browser.get("/notices/").status_code == 200
    assert browser.get("/notices/?page=2").status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "9999", "x", "1e9", "%00"])
def test_an_invented_page_number_shows_a_page(as_person, chen, notice, page):
    assert as_person(chen).get(f"/notices/?page={page}").status_code == 200


def test_a_notice_of_a_forgotten_kind_breaks_nothing(as_person, chen, notice):
    Notification.objects.filter(pk=notice.pk).update(kind="gone")
    browser = as_person(chen)
    assert browser.get("/notices/").status_code == 200
    assert browser.post(f"/notices/{notice.pk}/").status_code == 302


def test_the_visitor_is_sent_to_sign_in(client, db):
    assert client.get("/notices/").status_code == 302
    assert client.get("/notices/", headers={"Accept": "application/json"}).status_code == 401


def test_every_page_says_how_many_wait(as_person, chen, gao, notice):
    browser = as_person(chen)
    assert "Notices (1)" in browser.get("/help/").content.decode()
    browser.post("/notices/read/")
    assert "Notices (" not in browser.get("/help/").content.decode()
    notify(gao, "number-released", event="1")
    assert "Notices (1)" in as_person(gao).get("/notices/").content.decode()
