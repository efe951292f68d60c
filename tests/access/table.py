"""Who may go through which door: every URL and every socket command, for everybody of the cast.

A door that is not in this table fails the suite. `IN` means that the door opened, whatever the
form behind it says about the input; everything else is the exact answer. Whoever is not named
gets `rest`; nobody signed in gets `anonymous`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

IN, LOGIN = "in", "login"
RESIDENTS = "chen neighbour chen_daughter"
DOCTORS = "dr_li dr_wang dr_zhao"
OTHERS = "sun wu gao registrar"
STAFF = f"{DOCTORS} {OTHERS}"
CAST = f"{RESIDENTS} {STAFF}".split()


@dataclass(frozen=True)
class Door:
    """One URL: its methods, who gets in, and what the others are told."""

    methods: str
    who: str = ""
    rest: str = "404"
    anonymous: str = LOGIN
    ids: dict[str, object] = field(default_factory=dict)  # kwarg → row of the world, or a value

    def answer(self, person: str) -> str:
        if person == "anonymous":
            return self.anonymous
        return IN if person in self.who.split() else self.rest


def public(methods: str = "GET", **more) -> Door:
    return Door(methods, " ".join(CAST), anonymous=IN, **more)


def everyone(methods: str = "GET", **more) -> Door:
    return Door(methods, " ".join(CAST), **more)


def staff(methods: str = "GET", **more) -> Door:
    return Door(methods, STAFF, **more)


def residents(methods: str = "GET", **more) -> Door:
    return Door(methods, RESIDENTS, **more)


def doctors(methods: str = "GET", **more) -> Door:
    return Door(methods, DOCTORS, **more)


DOORS: dict[str, Door] = {
    # the hall
    "landing": public(),
    "home": everyone(),
    "preferences": public("GET POST"),
    "help": public(),
    "privacy": public(),
    "offline": public(),
    "manifest": public(),
    "service_worker": public(),
    "healthz": public("GET HEAD"),
    "readyz": public("GET HEAD"),
    # coming in
    "account_login": public("GET POST"),
    "account_code": public("GET POST"),
    "account_send_again": public("POST"),
    "staff_sign_in": public("GET POST"),
    "mfa_authenticate": public("GET POST"),
    "second_factor_setup": public("GET POST"),
    "account_inactive": Door("GET", rest="403", anonymous="403"),
    "account_logout": public("GET POST"),
    "second_factor": everyone("GET POST"),
    "still_here": staff("GET POST", anonymous="401"),
    "sessions": everyone(),
    "end_session": Door("POST", "", ids={"pk": 2**40}),
    "end_other_sessions": everyone("POST"),
    # who one is
    "recognise": public("GET POST"),
    "real_name": residents("GET POST"),
    "real_name_state": residents(),
    "real_name_again": residents("POST"),
    "registration:tasks": Door("GET", "registrar"),
    "registration:task": Door("GET POST", "registrar", ids={"pk": "registration"}),
    "registration:confirm": Door("POST", "registrar", ids={"pk": "registration"}),
    "registration:reject": Door("POST", "registrar", ids={"pk": "registration"}),
    # keys
    "security": staff(),
    "new_app": staff("GET POST"),
    "new_passkey": staff("GET POST"),
    "remove_factor": Door("POST", "", ids={"pk": 2**40}),
    # for those who have another factor already: nobody of this cast
    "recovery_codes": Door("GET POST"),
    "password": staff("GET POST"),
    # notices
    "notices": everyone(),
    "notices_read": everyone("POST"),
    "notice": Door("POST", "chen", ids={"pk": "notice"}),
    # money
    "payment:webhook": public("POST"),
    "payment:bill": Door("GET", "chen", ids={"pk": "invoice"}),
    "payment:pay": Door("POST", "chen", ids={"pk": "invoice"}),
    "payment:leave": Door("POST", "chen", ids={"pk": "invoice"}),
    "payment:return": Door("GET", "chen", ids={"pk": "invoice"}),
    # nothing was paid yet: there is no receipt even for Chen
    "payment:receipt": Door("GET", "", ids={"pk": "invoice"}),
    # the family doctor
    "family_doctor:contract": residents(),
    "family_doctor:teams": residents(),
    "family_doctor:team": residents("GET POST", ids={"pk": "team"}),
    "family_doctor:withdraw": Door("POST", "chen", ids={"pk": "contract"}),
    "family_doctor:requests": doctors(),
    "family_doctor:accept": Door("POST", "dr_li", ids={"pk": "contract"}),
    "family_doctor:decline": Door("POST", "dr_li", ids={"pk": "contract"}),
    # the visit
    "consult:say": Door("POST", "chen dr_li", ids={"pk": "encounter"}),
    "consult:messages": Door("GET", "chen dr_li", ids={"pk": "encounter"}),
    "consult:withdraw": Door("POST", "chen", ids={"pk": "encounter", "seq": 1}),
}

#: Commands of the socket that name a conversation: who is answered, everybody else `not_found`.
COMMANDS: dict[str, str] = {
    "consult.open": "chen dr_li",
    "consult.say": "chen dr_li",
    "consult.read": "chen dr_li",
    "consult.typing": "chen dr_li",
    "consult.close": "chen dr_li",
    "consult.withdraw": "chen",
}
#: Commands about nothing but the asker's own.
OWN_COMMANDS = {"ping", "queue.watch"}
