"""The teams of the demo, and the contracts its residents signed long ago."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from family_doctor import rules
from family_doctor.models import CareTeam, EpisodeOfCare
from portal.record.models import Patient, Practitioner
from portal.sandbox.scenes.registry import furniture

SERVICES = [
    "Basic medical care 基本医疗",
    "Public-health services 公共卫生服务",
    "Follow-up of long-term illness 慢病随访",
]
MEMBERS = {
    "dr-li": [{"name": "Hu Jing 胡静", "role": "nurse 护士"}],
    "dr-wang": [{"name": "Lin Na 林娜", "role": "public-health worker 公卫医师"}],
    "dr-zhao": [{"name": "Tang Yu 唐钰", "role": "nurse 护士"}],
}
SIGNED_DAYS_AGO = 100


@furniture
def teams() -> None:
    """A team around each doctor of the cast; their residents have signed with it."""
    for doctor in Practitioner.objects.filter(his_id__in=MEMBERS).select_related("organization"):
        team, _created = CareTeam.objects.get_or_create(
            doctor=doctor,
            defaults={
                "organization": doctor.organization,
                "name": f"Team of {doctor.name}",
                "other_members": MEMBERS[doctor.his_id],
                "services": SERVICES,
            },
        )
        _contracts(team)


def _contracts(team: CareTeam) -> None:
    signed = EpisodeOfCare.objects.exclude(status=EpisodeOfCare.Status.FINISHED)
    without = Patient.objects.filter(general_practitioner=team.doctor).exclude(
        pk__in=signed.values("patient")
    )
    start, end = (day - timedelta(days=SIGNED_DAYS_AGO) for day in rules.term(team))
    moment = timezone.now() - timedelta(days=SIGNED_DAYS_AGO)
    EpisodeOfCare.objects.bulk_create(
        EpisodeOfCare(
            organization=team.organization,
            patient=patient,
            team=team,
            status=EpisodeOfCare.Status.ACTIVE,
            services=team.services,
            start=start,
            end=end,
            signed_at=moment,
            accepted_at=moment,
        )
        for patient in without
    )
