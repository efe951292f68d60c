import django.db.models.deletion
import portal.beginning
import portal.secrecy
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('organization', '0001_initial'),
        ('record', '0001_initial'),
    ]

    operations = [
        portal.beginning.CreateModels(
            models=[
                migrations.CreateModel(
                    name='BookingDraft',
                    fields=[
                        ('patient', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='record.patient')),
                        ('evidence', models.JSONField(default=list)),
                        ('reason_codes', models.JSONField(default=list)),
                        ('reason', portal.secrecy.EncryptedTextField(blank=True)),
                        ('red_flags', models.JSONField(default=list)),
                        ('chosen_at', models.DateTimeField(blank=True, null=True)),
                        ('answered_at', models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='CalendarCopy',
                    fields=[
                        ('practitioner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='record.practitioner')),
                        ('is_owner', models.BooleanField(default=False)),
                        ('as_of', models.DateTimeField(blank=True, null=True)),
                        ('error', models.CharField(blank=True, max_length=200)),
                        ('refreshing_since', models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='EvidencePaper',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('file', models.FileField(upload_to='evidence/%Y/%m/')),
                        ('content_type', models.CharField(max_length=40)),
                        ('digest', models.CharField(max_length=64)),
                        ('icd10', models.CharField(max_length=8)),
                        ('text', models.CharField(max_length=200)),
                        ('day', models.DateField()),
                        ('created', models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        'ordering': ['-created'],
                    },
                ),
                migrations.CreateModel(
                    name='QuickPhrase',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='record.practitioner')),
                        ('text', models.CharField(max_length=300)),
                        ('position', models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        'ordering': ['position', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='Schedule',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')])),
                        ('start', models.TimeField()),
                        ('end', models.TimeField()),
                        ('slot_minutes', models.PositiveSmallIntegerField(default=15)),
                        ('valid_from', models.DateField()),
                        ('valid_until', models.DateField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['weekday', 'start'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='schedule_ends_after_start'), models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='schedule_weekday_in_week'), models.CheckConstraint(condition=models.Q(('slot_minutes__gte', 5), ('slot_minutes__lte', 120)), name='schedule_slot_is_five_minutes_to_two_hours')],
                    },
                ),
                migrations.CreateModel(
                    name='ScheduleException',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('day', models.DateField()),
                        ('is_open', models.BooleanField(default=False)),
                        ('start', models.TimeField(blank=True, null=True)),
                        ('end', models.TimeField(blank=True, null=True)),
                        ('reason', models.CharField(blank=True, max_length=100)),
                    ],
                    options={
                        'ordering': ['day', 'start'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('is_open', False), models.Q(('end__gt', models.F('start')), ('end__isnull', False), ('start__isnull', False)), _connector='OR'), name='schedule_open_exception_says_when'), models.UniqueConstraint(condition=models.Q(('is_open', False)), fields=('practitioner', 'day'), name='schedule_closed_once_a_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Slot',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('start', models.DateTimeField()),
                        ('end', models.DateTimeField()),
                        ('status', models.CharField(choices=[('free', 'free'), ('busy-tentative', 'held for ten minutes'), ('busy', 'booked'), ('busy-unavailable', 'not available')], default='free', max_length=16)),
                        ('held_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('held_until', models.DateTimeField(blank=True, null=True)),
                        ('is_blocked', models.BooleanField(default=False)),
                        ('his_ref', models.CharField(blank=True, max_length=120)),
                    ],
                    options={
                        'ordering': ['start'],
                        'indexes': [models.Index(fields=['practitioner', 'status', 'start'], name='slot_free_times')],
                        'constraints': [models.UniqueConstraint(fields=('practitioner', 'start'), name='slot_one_a_start'), models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='slot_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('held_for__isnull', False), ('held_until__isnull', False), ('status', 'busy-tentative')), models.Q(models.Q(('status', 'busy-tentative'), _negated=True), ('held_until__isnull', True)), _connector='OR'), name='slot_hold_names_who_and_until')],
                    },
                ),
                migrations.CreateModel(
                    name='Appointment',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('slot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='consult.slot')),
                        ('start', models.DateTimeField()),
                        ('status', models.CharField(choices=[('proposed', 'held, not confirmed'), ('booked', 'booked'), ('arrived', 'in the waiting room'), ('fulfilled', 'done'), ('noshow', 'the resident did not come'), ('cancelled', 'cancelled')], default='proposed', max_length=12)),
                        ('status_reason', models.CharField(blank=True, choices=[('better', 'I feel better'), ('other-time', 'the time does not suit'), ('in-person', 'I will come to the centre'), ('other', 'another reason'), ('doctor-absent', 'the doctor cannot be there'), ('hospital', 'the hospital gave this time to somebody else'), ('hold-expired', 'not confirmed in time'), ('changed-mind', 'another time was chosen'), ('stopped', 'the doctor stopped the visit')], max_length=20)),
                        ('cancelled_by', models.CharField(blank=True, max_length=12)),
                        ('reason', portal.secrecy.EncryptedTextField(blank=True)),
                        ('reason_codes', models.JSONField(default=list)),
                        ('evidence', models.JSONField(default=list)),
                        ('red_flags', models.JSONField(default=list)),
                        ('consent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.consent')),
                        ('created', models.DateTimeField(auto_now_add=True)),
                        ('reminded_at', models.DateTimeField(blank=True, null=True)),
                        ('his_ref', models.CharField(blank=True, max_length=120)),
                        ('his_version', models.CharField(blank=True, max_length=64)),
                    ],
                    options={
                        'ordering': ['start'],
                        'indexes': [models.Index(fields=['patient', 'status', 'start'], name='appointment_of_patient'), models.Index(fields=['practitioner', 'status', 'start'], name='appointment_of_doctor'), models.Index(fields=['status', 'start'], name='appointment_due')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ('proposed', 'booked', 'arrived', 'fulfilled'))), fields=('slot',), name='appointment_one_live_a_slot'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'cancelled'), _negated=True), models.Q(models.Q(('cancelled_by', ''), _negated=True), models.Q(('status_reason', ''), _negated=True)), _connector='OR'), name='appointment_cancelled_says_by_whom_and_why')],
                    },
                ),
                migrations.CreateModel(
                    name='Encounter',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('appointment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='encounter', to='consult.appointment')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('status', models.CharField(choices=[('planned', 'booked'), ('arrived', 'waiting'), ('in-progress', 'with the doctor'), ('finished', 'finished'), ('cancelled', 'ended without treatment')], default='planned', max_length=12)),
                        ('status_reason', models.CharField(blank=True, choices=[('condition-changed', 'the condition has changed'), ('new-disease', 'a first visit or a new illness'), ('needs-examination', 'an examination or a test is needed'), ('emergency', 'emergency care is needed'), ('unfit', 'the resident is not fit to go on'), ('identity', 'it is not certain who the resident is'), ('guardian-missing', 'the guardian is not present'), ('poor-connection', 'the connection is too poor'), ('not-a-follow-up', 'the conditions of a follow-up are not met'), ('cancelled', 'the appointment was cancelled'), ('noshow', 'the resident did not come')], max_length=40)),
                        ('advice', portal.secrecy.EncryptedTextField(blank=True)),
                        ('priority', models.PositiveSmallIntegerField(choices=[(0, 'urgent'), (5, 'routine')], default=5)),
                        ('promised_at', models.DateTimeField()),
                        ('arrived_at', models.DateTimeField(blank=True, null=True)),
                        ('started_at', models.DateTimeField(blank=True, null=True)),
                        ('first_reply_at', models.DateTimeField(blank=True, null=True)),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                        ('last_seq', models.PositiveIntegerField(default=0)),
                        ('record_viewed_at', models.DateTimeField(blank=True, null=True)),
                        ('promise_told_at', models.DateTimeField(blank=True, null=True)),
                        ('escalated_at', models.DateTimeField(blank=True, null=True)),
                        ('given_up_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['practitioner', 'status', 'priority', 'promised_at', 'arrived_at'], name='encounter_queue'), models.Index(fields=['patient', 'status'], name='encounter_of_patient'), models.Index(fields=['status', 'promised_at'], name='encounter_promises')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ('arrived', 'in-progress'))), fields=('patient', 'practitioner'), name='encounter_one_open_a_resident_and_doctor'), models.UniqueConstraint(condition=models.Q(('status', 'in-progress')), fields=('patient',), name='encounter_one_talk_a_resident'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'cancelled'), _negated=True), models.Q(('status_reason', ''), _negated=True), _connector='OR'), name='encounter_cancelled_says_why')],
                    },
                ),
                migrations.CreateModel(
                    name='ConsultationRecord',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('encounter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='note', to='consult.encounter')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('status', models.CharField(choices=[('preliminary', 'draft'), ('final', 'signed')], default='preliminary', max_length=12)),
                        ('complaint', models.TextField(blank=True)),
                        ('history', models.TextField(blank=True)),
                        ('assessment', models.JSONField(blank=True, default=list)),
                        ('advice', models.TextField(blank=True)),
                        ('next_review', models.DateField(blank=True, null=True)),
                        ('verdict', models.CharField(blank=True, choices=[('', 'not judged yet'), ('meets', 'meets the conditions of a follow-up'), ('fails', 'does not meet the conditions of a follow-up')], default='', max_length=8)),
                        ('verdict_at', models.DateTimeField(blank=True, null=True)),
                        ('verdict_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('signed_at', models.DateTimeField(blank=True, null=True)),
                        ('signature', models.TextField(blank=True)),
                        ('signed_bytes', models.TextField(blank=True)),
                        ('updated', models.DateTimeField(auto_now=True)),
                        ('his_ref', models.CharField(blank=True, max_length=120)),
                        ('his_version', models.CharField(blank=True, max_length=64)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status', 'final'), _negated=True), models.Q(models.Q(('signature', ''), _negated=True), ('signed_at__isnull', False)), _connector='OR'), name='note_final_is_signed'), models.CheckConstraint(condition=models.Q(('verdict', ''), models.Q(('verdict_at__isnull', False), ('verdict_by__isnull', False)), _connector='OR'), name='note_verdict_says_by_whom_and_when')],
                    },
                ),
                migrations.CreateModel(
                    name='Addendum',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('note', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='addenda', to='consult.consultationrecord')),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('text', models.TextField()),
                        ('signature', models.TextField()),
                        ('signed_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['signed_at'],
                    },
                ),
                migrations.CreateModel(
                    name='EmergencyDuty',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('encounter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='duty', to='consult.encounter')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('opened', models.DateTimeField()),
                        ('alerted_at', models.DateTimeField()),
                        ('contacted_at', models.DateTimeField(blank=True, null=True)),
                        ('contacted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('contact', portal.secrecy.EncryptedTextField(blank=True)),
                    ],
                    options={
                        'ordering': ['opened'],
                        'indexes': [models.Index(condition=models.Q(('contacted_at', None)), fields=['alerted_at'], name='duty_unanswered')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('contacted_at__isnull', True), models.Q(('contact', ''), _negated=True), _connector='OR'), name='duty_contact_says_what_was_agreed')],
                    },
                ),
                migrations.CreateModel(
                    name='Communication',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='consult.encounter')),
                        ('seq', models.PositiveIntegerField()),
                        ('client_id', models.UUIDField()),
                        ('sender', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('author_kind', models.CharField(choices=[('doctor', 'doctor'), ('resident', 'resident'), ('helper', 'helper'), ('system', 'notice')], max_length=8)),
                        ('sent', models.DateTimeField()),
                        ('kind', models.CharField(choices=[('text', 'text'), ('picture', 'picture'), ('voice', 'voice'), ('file', 'file'), ('card', 'card')], default='text', max_length=8)),
                        ('text', portal.secrecy.EncryptedTextField(blank=True)),
                        ('body', models.JSONField(blank=True, default=dict)),
                        ('fingerprint', models.CharField(max_length=32)),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['encounter', 'seq'],
                        'constraints': [models.UniqueConstraint(fields=('encounter', 'seq'), name='message_one_a_number'), models.UniqueConstraint(fields=('encounter', 'client_id'), name='message_stored_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Attachment',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='consult.encounter')),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('file', models.FileField(upload_to='conversation/%Y/%m/')),
                        ('content_type', models.CharField(max_length=40)),
                        ('size', models.PositiveIntegerField()),
                        ('digest', models.CharField(max_length=64)),
                        ('width', models.PositiveIntegerField(blank=True, null=True)),
                        ('height', models.PositiveIntegerField(blank=True, null=True)),
                        ('created', models.DateTimeField(auto_now_add=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='EncounterStatus',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='consult.encounter')),
                        ('status', models.CharField(choices=[('planned', 'booked'), ('arrived', 'waiting'), ('in-progress', 'with the doctor'), ('finished', 'finished'), ('cancelled', 'ended without treatment')], max_length=12)),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['at', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='HospitalDifference',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('appointment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consult.appointment')),
                        ('kind', models.CharField(choices=[('not-there', 'booked here, not in the hospital'), ('only-there', 'booked in the hospital, not here'), ('other-time', 'at another time in the hospital')], max_length=12)),
                        ('his_ref', models.CharField(blank=True, max_length=120)),
                        ('there', models.DateTimeField(blank=True, null=True)),
                        ('opened', models.DateTimeField(auto_now_add=True)),
                        ('closed_at', models.DateTimeField(blank=True, null=True)),
                        ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('note', models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        'ordering': ['opened'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('organization', 'kind', 'his_ref', 'appointment'), name='difference_open_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('closed_at', None), models.Q(('note', ''), _negated=True), _connector='OR'), name='difference_closed_says_how')],
                    },
                ),
                migrations.CreateModel(
                    name='ReadMark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consult.encounter')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('seq', models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('encounter', 'person'), name='read_mark_one_a_person')],
                    },
                ),
                migrations.CreateModel(
                    name='Viewing',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='record.patient')),
                        ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='record.practitioner')),
                        ('seen_at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('patient', 'practitioner'), name='viewing_once_a_doctor_and_resident')],
                    },
                ),
            ],
        ),
    ]
