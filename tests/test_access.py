"""Every door for everybody: the table in `tests/access` says who gets in, these tests try it."""

from __future__ import annotations

import contextlib

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from portal.realtime import registry
from tests.access.asking import address, answer_of, ask, client_of, seen
from tests.access.parcels import *  # noqa: F403 - fixtures
from tests.access.refusing import *  # noqa: F403 - fixtures
from tests.access.table import (
    CAST,
    COMMANDS,
    DOORS,
    IN,
    LOGIN,
    OWN_COMMANDS,
    RESIDENTS,
)
from tests.access.world import *  # noqa: F403 - fixtures
from tests.access.written import changes

ODD = ("GET", "POST", "DELETE", "TRACE")  # a page is refused PUT and PATCH as it is DELETE
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS")


def all_doors(patterns=None, path=()):
    """Every named URL of the portal, admin aside; an unnamed one is told by its route."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLPattern):
            yield ":".join([*path, entry.name or str(entry.pattern)])
        elif getattr(entry, "namespace", None) != "admin":
            space = [entry.namespace] if getattr(entry, "namespace", None) else []
            yield from all_doors(entry.url_patterns, (*path, *space))


@pytest.fixture
def people(request, chen, dr_li):
    """A browser for everybody of the cast, and one in which nobody has signed in."""

    def browser(name):
        if name == "anonymous":
            return Client(raise_request_exception=False)
        return client_of(request.getfixturevalue(name))

    return {name: browser(name) for name in ("anonymous", *CAST)}


def test_every_url_is_in_the_table_and_the_table_names_no_other():
    assert set(all_doors()) == set(DOORS)


@pytest.fixture
def each_door():
    """Try something on every door; what one door changed is undone before the next."""

    def walk(attempt, doors=DOORS):
        wrong = {}
        for name in doors:
            with contextlib.suppress(_Undo), transaction.atomic():
                told = attempt(name, DOORS[name])
                wrong.update({f"{name} {key}": fault for key, fault in told.items()})
                raise _Undo
        assert wrong == {}, "\n".join(f"{key}: {fault}"[:200] for key, fault in wrong.items())

    return walk


class _Undo(Exception):
    pass


@pytest.mark.long
def test_each_door_opens_to_those_it_is_for_and_a_refusal_changes_nothing(
    people, world, each_door, refused_in_a_word
):
    def attempt(name, door):
        url, _ids = address(name, door.ids, world)
        wrong = {}
        for person, client in people.items():
            for method in door.methods.split():
                if door.answer(person) == IN and method == "POST" and "GET" in door.methods:
                    continue  # the page opened; what its form does is its own test
                with changes() as written:
                    told = answer_of(ask(client, method, url, door, world))
                if told != door.answer(person) or (written and told != IN):
                    wrong[f"{person} {method}"] = (told, door.answer(person), written)
        return wrong

    each_door(attempt)


@pytest.mark.long
def test_anothers_row_and_an_invented_one_are_the_same_to_see(
    people, world, each_door, refused_in_a_word
):
    def attempt(name, door):
        method = door.methods.split()[0]
        real = address(name, door.ids, world)
        invented = address(name, door.ids, world, invented=True)
        wrong = {}
        for person, client in people.items():
            if door.answer(person) == "404":
                theirs, nobodys = (
                    seen(ask(client, method, url, door, world), ids)
                    for url, ids in (real, invented)
                )
                if theirs != nobodys:
                    wrong[person] = (theirs, nobodys)
        return wrong

    each_door(attempt, [name for name, door in DOORS.items() if door.ids])


@pytest.mark.parametrize("person", ["neighbour", "dr_wang", "sun"])
def test_the_page_of_a_refusal_is_drawn_the_same(people, world, person):
    client, door = people[person], DOORS["consult:room"]
    theirs, nobodys = (
        seen(ask(client, "GET", url, door, world), ids)
        for url, ids in (
            address("consult:room", door.ids, world, invented=invented)
            for invented in (False, True)
        )
    )
    assert theirs == nobodys and theirs[0] == 404 and b"There is nothing here" in theirs[2]


def test_every_door_on_a_row_has_a_row_and_somebody_to_whom_it_opens(world):
    without = {
        name
        for name, door in DOORS.items()
        for kwarg in keys_of(name)
        if door.ids.get(kwarg) not in world or not (door.who or door.forbidden)
    }
    assert without == set()


def keys_of(name):
    """The ids that the URL of a door asks for."""
    resolver = get_resolver()
    for part in name.split(":")[:-1]:
        resolver = resolver.namespace_dict[part][1]
    _form, _route, _defaults, converters = resolver.reverse_dict.getlist(name.split(":")[-1])[0]
    return {
        key
        for key, converter in converters.items()
        if type(converter).__name__ == "UUIDConverter" or key == "pk"
    }


@pytest.mark.long
def test_another_centre_finds_none_of_our_rows(strangers, world, each_door, refused_in_a_word):
    clients = {role: client_of(person) for role, person in strangers.items()}

    def attempt(name, door):
        method = door.methods.split()[0]
        url, ids = address(name, door.ids, world)
        nowhere, no_ids = address(name, door.ids, world, invented=True)
        wrong = {}
        for role, client in clients.items():
            theirs = seen(ask(client, method, url, door, world), ids)
            nobodys_row = seen(ask(client, method, nowhere, door, world), no_ids)
            if theirs[0] not in {403, 404} or theirs != nobodys_row:
                wrong[role] = (theirs[0], nobodys_row[0])
        return wrong

    open_to_all = set(RESIDENTS.split())
    each_door(attempt, [n for n, d in DOORS.items() if d.ids and set(d.who.split()) < {*CAST}
                        and not open_to_all <= set(d.who.split())])  # fmt: skip


@pytest.mark.long
def test_a_method_that_a_page_does_not_have_is_told_so_before_a_token_is_asked(
    chen, dr_li, world, each_door, refused_in_a_word
):
    """405, but first of all: to sign in, and nothing about the rooms of others."""
    strict = {"enforce_csrf_checks": True}
    people = {"anonymous": Client(raise_request_exception=False, **strict)} | {
        name: client_of(person, **strict) for name, person in (("chen", chen), ("dr_li", dr_li))
    }

    def attempt(name, door):
        url, _ids = address(name, door.ids, world)
        wrong = {}
        for person, client in people.items():
            right = {IN: {"405"}, LOGIN: {LOGIN}}.get(door.answer(person))
            for method in set(ODD) - set(door.methods.split()):
                with changes() as written:
                    response = client.generic(method, url)
                told = "405" if response.status_code == 405 else answer_of(response)
                if told not in (right or {"405", door.answer(person)}) or written:
                    wrong[f"{person} {method}"] = (told, right, written)
        return wrong

    each_door(attempt)


def test_a_program_without_a_session_is_told_401(people, world, each_door):
    def attempt(name, door):
        url, _ids = address(name, door.ids, world)
        asking, method = people["anonymous"].generic, door.methods.split()[0]
        plain = asking(method, url, HTTP_ACCEPT="application/json")
        part = asking(method, url, HTTP_HX_REQUEST="true")
        sent_on = part.headers.get("HX-Redirect", "").startswith("/accounts/login/?next=")
        if (plain.status_code, part.status_code, sent_on) != (401, 401, True):
            return {method: (plain.status_code, part.status_code, sent_on)}
        return {}

    each_door(attempt, [name for name, door in DOORS.items() if door.anonymous == LOGIN])


def admin_urls():
    """The administrator's rooms, each with an id that does not exist where it needs one."""
    resolver = next(
        entry
        for entry in get_resolver().url_patterns
        if getattr(entry, "namespace", None) == "admin"
    )
    fill = {"app_label": "consult", "object_id": "1", "content_type_id": 1, "url": "x"}
    for entry in all_names(resolver.url_patterns):
        for kwargs in ({}, {"object_id": "1"}, {"app_label": "consult"}, fill):
            try:
                yield reverse(f"admin:{entry}", kwargs=kwargs)
                break
            except Exception:  # noqa: S112 - the next set of ids is tried
                continue


def all_names(patterns):
    for entry in patterns:
        if isinstance(entry, URLPattern):
            if entry.name:
                yield entry.name
        else:
            yield from all_names(entry.url_patterns)


def test_nobody_of_the_cast_enters_the_administration(people):
    urls = list(admin_urls())
    assert len(urls) > 10
    for person in ("anonymous", "chen", "dr_li", "gao"):
        for url in urls:
            told = people[person].get(url).status_code
            assert told in {301, 302, 403, 404}, f"{person} {url}: {told}"


def test_every_command_of_the_socket_is_in_the_table():
    assert set(registry.COMMANDS) | {"ping"} == {*COMMANDS, *OWN_COMMANDS}
