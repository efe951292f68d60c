"""Who may go through which door: every URL and every socket command, for everybody of the cast.

A door that is not in this table fails the suite. `IN` means that the door opened, whatever the
form behind it says about the input; everything else is the exact answer. Whoever is not named
gets `rest`; nobody signed in gets `anonymous`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

IN, LOGIN = "in", "login"
NOTHING = UUID(int=7)  # a well-formed id of nothing: 404 for everybody
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
    sent: dict[str, str] = field(default_factory=dict)  # form field → row of the world
    forbidden: str = ""  # who sees the row, but may never do this to it
    role: str = ""  # who has the role of a verb; everybody else is told 403

    def answer(self, person: str) -> str:
        if person == "anonymous":
            return self.anonymous
        if person in self.forbidden.split():
            return "403"
        if self.role and person not in self.role.split():
            return "403"
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


def deed(who: str, role: str = DOCTORS, **more) -> Door:
    """A verb of one role: 403 for other roles, 404 for a colleague who may not see the row."""
    return Door(more.pop("methods", "POST"), who, role=role, **more)


DOORS: dict[str, Door] = {
    # the hall
    "landing": public(),
    "home": everyone(),
    "preferences": public("GET POST"),
    "help": public(),
    "privacy": public(),
    "offline": public(),
    "too_large": public(),
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
    "end_session": Door("POST", "chen", ids={"pk": "device"}),
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
    "remove_factor": Door("POST", "dr_li", ids={"pk": "factor"}),
    # for those who have an app or a passkey already
    "recovery_codes": Door("GET POST", "dr_li"),
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
    "payment:receipt": Door("GET", "chen", ids={"pk": "paid_bill"}),
    "payment:bills": residents(),
    "payment:ask_back": Door("POST", "chen", ids={"pk": "paid_line"}),
    # a doctor and a pharmacist know whether it is paid, and no more
    "payment:status": Door("GET", "dr_li sun", ids={"pk": "paid_bill"}),
    "payment:ledger": Door("GET", "gao"),
    "payment:ledger_bill": Door("GET", "gao", ids={"pk": "paid_bill"}),
    "payment:waive": deed("gao", "gao", ids={"pk": "paid_line"}),
    "payment:refund": deed("gao", "gao", ids={"pk": "paid_line"}),
    "payment:agree": deed("gao", "gao", ids={"pk": "refund_request"}),
    "payment:decline": deed("gao", "gao", ids={"pk": "refund_request"}),
    "payment:retry": deed("gao", "gao", ids={"pk": "stuck_refund"}),
    "payment:differences": Door("GET", "gao"),
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
    "consult:book": residents("GET POST"),
    "consult:book_signs": residents("GET POST"),
    "consult:times": residents("GET POST"),
    "consult:paper": residents("GET POST"),
    "consult:paper_file": Door("GET", "chen dr_li", ids={"pk": "paper"}),
    "consult:appointments": residents(),
    "consult:appointment": Door("GET", "chen", ids={"pk": "appointment"}),
    "consult:check": Door("GET POST", "chen", ids={"pk": "appointment"}),
    # nothing is charged for this visit: there is nothing to pay even for Chen
    "consult:pay": Door("POST", "chen", ids={"pk": "appointment"}),
    "consult:cancel": Door("GET POST", "chen", ids={"pk": "appointment"}),
    "consult:move": Door("GET POST", "chen", ids={"pk": "appointment"}),
    "consult:room": Door("GET", "chen dr_li", ids={"pk": "encounter"}),
    "consult:arrive": deed("chen", RESIDENTS, ids={"pk": "encounter"}),
    "consult:note": Door("GET", "chen", ids={"pk": "encounter"}),
    "consult:prescription": Door("GET", "chen", ids={"pk": "signed"}),
    "consult:agreement": Door("GET POST", "chen", ids={"pk": "draft"}),
    "consult:attachment": Door("GET", "chen dr_li", ids={"pk": "attachment"}),
    # the doctor's desk
    "consult:desk": doctors(),
    "consult:desk_queue": doctors(),
    "consult:call_next": deed(DOCTORS),
    "consult:desk_encounter": Door("GET", "dr_li", ids={"pk": "encounter"}),
    "consult:receive": deed("dr_li", ids={"pk": "encounter"}),
    "consult:viewing": Door("GET", "dr_li", ids={"pk": "encounter"}),
    "consult:prescriptions": Door("GET", "dr_li", ids={"pk": "encounter"}),
    "consult:desk_record": Door("GET", "dr_li", ids={"pk": "encounter", "section": "allergies"}),
    "consult:verdict": deed("dr_li", ids={"pk": "encounter"}),
    "consult:desk_note": deed("dr_li", ids={"pk": "encounter"}),
    "consult:diagnoses": Door("GET", "dr_li", ids={"pk": "encounter"}),
    "consult:diagnose": deed("dr_li", ids={"pk": "encounter"}),
    "consult:stop": Door("GET POST", "dr_li", ids={"pk": "encounter"}),
    "consult:finish": deed("dr_li", ids={"pk": "encounter"}),
    "consult:add": deed("dr_li", ids={"pk": "encounter"}),
    "consult:prescribe": Door("GET POST", "dr_li", ids={"pk": "encounter"}),
    "consult:drop_line": deed("dr_li", ids={"pk": "encounter", "line": "line"}),
    "consult:allergies": deed("dr_li", ids={"pk": "encounter"}),
    "consult:override": deed("dr_li", ids={"pk": "encounter"}),
    "consult:assess_long": Door("GET POST", "dr_li", ids={"pk": "encounter"}),
    "consult:guardian": deed("dr_li", ids={"pk": "encounter"}),
    "consult:sign_prescription": deed("dr_li", ids={"pk": "encounter"}),
    "consult:discard_prescription": deed(
        "dr_li", ids={"pk": "encounter"}, sent={"prescription": "draft"}
    ),
    "consult:contact": Door("GET POST", "dr_li gao", ids={"pk": "duty"}),
    "consult:unlock": doctors("GET POST"),
    "consult:hours": doctors("GET POST"),
    "consult:end_hours": deed("dr_li", ids={"pk": "hours"}),
    "consult:add_day": deed(DOCTORS),
    "consult:drop_day": deed("dr_li", ids={"pk": "day"}),
    "consult:withdraw_appointment": Door("GET POST", "dr_li", ids={"pk": "appointment"}),
    "consult:leave": doctors("GET POST"),
    "consult:phrases": doctors("GET POST"),
    "consult:drop_phrase": deed("dr_li", ids={"pk": "phrase"}),
    # the manager, the registrar and the counter
    "consult:escalations": Door("GET", "gao"),
    "consult:differences": Door("GET", "gao"),
    "consult:settle_difference": Door("POST", "gao", ids={"pk": "difference"}),
    "his:questions": Door("GET", "registrar"),
    "his:answer": Door("POST", "registrar", ids={"pk": "question"}),
    "his:mapping": Door("GET POST", "gao", ids={"pk": "message"}),
    "outbox:undelivered": Door("GET", "gao"),
    "outbox:retry": Door("POST", "gao", ids={"pk": "message"}),
    "outbox:discard": Door("POST", "gao", ids={"pk": "message"}),
    # the medicine
    "refill:medicines": residents("GET POST"),
    "refill:questions": residents("GET POST"),
    "refill:basket": Door("GET", "chen", ids={"pk": "refill"}),
    "refill:cancel": Door("GET POST", "chen", ids={"pk": "refill"}),
    "refill:find": Door("GET POST", f"sun registrar {DOCTORS}"),
    # the desk opens a resident only after both numbers were said
    "refill:desk": Door("GET POST", "dr_li", ids={"pk": "person"}),
    "refill:late": Door("GET", "gao"),
    "refill:hand_to": deed("gao", "gao", ids={"pk": "refill"}),
    "refill:days": Door("GET POST", "gao"),
    "refill:forget_day": deed("gao", "gao", ids={"pk": "day_off"}),
    "refill:requests": doctors(),
    "refill:decide": Door("GET", "dr_li", ids={"pk": "refill"}),
    "refill:approve": deed("dr_li", ids={"pk": "refill"}),
    "refill:reject": deed("dr_li", ids={"pk": "refill"}),
    "refill:hold": deed("dr_li", ids={"pk": "refill"}),
    "refill:correct": Door("GET POST", "dr_li", ids={"pk": "returned"}),
    "refill:counter": Door("GET", "sun"),
    "refill:review": Door("GET POST", "sun", ids={"pk": "review"}),
    "refill:review_lines": Door("PATCH PUT POST DELETE", ids={"pk": "review"}, forbidden="sun"),
    "refill:pack": Door("GET POST", "sun", ids={"pk": "dispense"}),
    "refill:lack": Door("POST", "sun", ids={"pk": "dispense"}),
    "refill:substitute": Door("POST", "sun", ids={"pk": "dispense"}),
    "refill:keep_back": Door("POST", "sun", ids={"pk": "bag"}),
    "refill:label": Door("GET", "sun", ids={"pk": "bag"}),
    "refill:hand_over": Door("GET POST", "sun", ids={"pk": "pick_up"}),
    "refill:stock": Door("GET POST", "sun"),
    "refill:count": Door("GET POST", "sun", ids={"pk": "stock_item"}),
    "refill:recall": Door("GET POST", "sun"),
    "refill:recall_tell": Door("POST", "sun"),
    "refill:pick_up": Door("GET POST", "chen", ids={"pk": "pick_up"}),
    "refill:advice": Door("GET", "chen sun", ids={"pk": "bag"}),
    # the courier, and the board that says who carries what
    "delivery:pool": Door("GET", "wu"),
    "delivery:to_collect": Door("GET", "wu"),
    "delivery:on_the_way": Door("GET", "wu"),
    "delivery:run_pages": Door("GET", "wu"),
    "delivery:courier_parcel": Door("GET", "wu", ids={"pk": "carried"}),
    "delivery:claim": deed("wu", "wu", ids={"pk": "carried"}),
    "delivery:give_back": deed("wu", "wu", ids={"pk": "carried"}),
    "delivery:start": deed("wu", "wu", ids={"pk": "carried"}),
    "delivery:hand_over": deed("wu", "wu", ids={"pk": "carried"}),
    "delivery:not_handed_over": deed("wu", "wu", ids={"pk": "carried"}),
    "delivery:temperature": deed("wu", "wu", ids={"pk": "carried"}),
    "delivery:lost": deed("wu", "wu", ids={"pk": "carried"}),
    "delivery:board": Door("GET", "sun gao"),
    "delivery:assign": deed("sun gao", "sun gao", ids={"pk": "carried"}),
    "delivery:take_back": deed("sun gao", "sun gao", ids={"pk": "carried"}),
    "delivery:declare_lost": deed("sun gao", "sun gao", ids={"pk": "carried"}),
    # parcels
    "delivery:choose": Door("GET POST", "chen", ids={"pk": "invoice"}),
    "delivery:receiver": Door("GET POST", "chen", ids={"pk": "invoice"}),
    "delivery:place": Door("GET POST", "chen", ids={"pk": "invoice"}),
    "delivery:window": Door("GET POST", "chen", ids={"pk": "invoice"}),
    "delivery:check": Door("GET POST", "chen", ids={"pk": "invoice"}),
    "delivery:onward": residents(),
    "delivery:orders": residents(),
    "delivery:order": Door("GET", "chen", ids={"pk": "order"}),
    "delivery:state": Door("GET", "chen", ids={"pk": "order"}),
    "delivery:parcel": Door("GET", "chen", ids={"pk": "parcel"}),
    "delivery:addresses": residents(),
    "delivery:add_address": residents("GET POST"),
    "delivery:address": Door("GET POST", "chen", ids={"pk": "address"}),
    "delivery:delete_address": Door("GET POST", "chen", ids={"pk": "address"}),
    "delivery:counter": Door("GET", "sun gao"),
    "delivery:counter_parcel": Door("GET", "sun gao", ids={"pk": "parcel"}),
    "delivery:counter_act": deed("sun gao", "sun gao", ids={"pk": "parcel", "name": "lose"}),
    "delivery:settle": deed("sun gao", "sun gao", ids={"pk": "case"}),
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
