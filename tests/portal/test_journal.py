from __future__ import annotations

from portal.audit import journal
from portal.audit.models import AuditEvent


def test_lines_of_a_centre_form_one_chain(actor, chen, dr_li):
    first = journal.write(actor(dr_li), "read", chen)
    second = journal.write(actor(dr_li), "read", chen)
    assert (first.sequence, second.sequence) == (1, 2)
    assert second.previous_digest == first.digest


def test_a_changed_line_no_longer_matches_its_digest(actor, chen, dr_li):
    journal.write(actor(dr_li), "read", chen)
    line = AuditEvent.objects.get()
    assert journal.digest(line) == line.digest
    line.action = "wrote"
    assert journal.digest(line) != line.digest


def test_the_line_names_the_person_it_is_about(actor, encounter, dr_li):
    assert journal.write(actor(dr_li), "open", encounter).subject == encounter.patient_id
