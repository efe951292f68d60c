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
        ('terminology', '0001_initial'),
    ]

    operations = [
        portal.beginning.CreateModels(
            models=[
                migrations.CreateModel(
                    name='ConsentText',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('online-care', 'online care'), ('sensitive-data', 'use of health data')], max_length=20)),
                        ('version', models.PositiveIntegerField()),
                        ('language', models.CharField(max_length=10)),
                        ('title', models.CharField(max_length=100)),
                        ('body', models.TextField()),
                        ('valid_from', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['kind', '-version'],
                        'constraints': [models.UniqueConstraint(fields=('kind', 'version', 'language'), name='record_one_text_a_version')],
                    },
                ),
                migrations.CreateModel(
                    name='Practitioner',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('name', models.CharField(max_length=100)),
                        ('gender', models.CharField(choices=[('female', 'woman'), ('male', 'man'), ('other', 'other'), ('unknown', 'not known')], default='unknown', max_length=10)),
                        ('title', models.CharField(choices=[('resident-doctor', 'resident doctor'), ('attending', 'attending doctor'), ('associate-chief', 'associate chief doctor'), ('chief', 'chief doctor'), ('pharmacist', 'pharmacist')], max_length=20)),
                        ('department', models.CharField(max_length=100)),
                        ('licence_number', models.CharField(max_length=40)),
                        ('licence_until', models.DateField()),
                        ('independent_since', models.DateField()),
                        ('institution_consents', models.BooleanField(default=False)),
                        ('his_id', models.CharField(blank=True, max_length=64)),
                    ],
                    options={
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='Patient',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='patient', to=settings.AUTH_USER_MODEL)),
                        ('his_id', models.CharField(blank=True, max_length=64)),
                        ('name', models.CharField(max_length=100)),
                        ('birth_date', models.DateField()),
                        ('gender', models.CharField(choices=[('female', 'woman'), ('male', 'man'), ('other', 'other'), ('unknown', 'not known')], default='unknown', max_length=10)),
                        ('id_number', portal.secrecy.EncryptedTextField(blank=True)),
                        ('id_number_index', models.CharField(blank=True, db_index=True, max_length=64)),
                        ('general_practitioner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('verified_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('id_number_index', ''), _negated=True), fields=('id_number_index',), name='record_one_patient_an_id_number'), models.UniqueConstraint(condition=models.Q(('his_id', ''), _negated=True), fields=('organization', 'his_id'), name='record_one_patient_a_his_record')],
                    },
                ),
                migrations.CreateModel(
                    name='AllergyIntolerance',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('is_none_known', models.BooleanField(default=False)),
                        ('substance', models.CharField(blank=True, max_length=100)),
                        ('kind', models.CharField(choices=[('allergy', 'allergy'), ('intolerance', 'intolerance')], default='allergy', max_length=11)),
                        ('reaction', models.CharField(blank=True, max_length=200)),
                        ('severity', models.CharField(blank=True, choices=[('', 'not known'), ('mild', 'mild'), ('moderate', 'moderate'), ('severe', 'severe')], default='', max_length=8)),
                        ('certainty', models.CharField(choices=[('confirmed', 'confirmed'), ('unconfirmed', 'as told by the resident'), ('refuted', 'found to be wrong')], default='unconfirmed', max_length=11)),
                        ('recorded', models.DateTimeField()),
                        ('recorder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('superseded_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['recorded'],
                        'indexes': [models.Index(fields=['patient', 'superseded_at'], name='allergy_of_patient')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('is_none_known', True), ('substance', '')), models.Q(('is_none_known', False), models.Q(('substance', ''), _negated=True)), _connector='OR'), name='allergy_a_substance_or_none')],
                    },
                ),
                migrations.CreateModel(
                    name='Prescription',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('group_identifier', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('encounter_id', models.UUIDField(blank=True, db_index=True, null=True)),
                        ('status', models.CharField(choices=[('draft', 'draft'), ('signed', 'signed, waiting for the pharmacist'), ('returned', 'returned by the pharmacist'), ('refused', 'refused by the pharmacist'), ('effective', 'in force'), ('completed', 'dispensed'), ('expired', 'expired'), ('cancelled', 'cancelled')], default='draft', max_length=10)),
                        ('status_reason', models.CharField(blank=True, max_length=200)),
                        ('diagnosis', models.JSONField(default=list)),
                        ('authored_on', models.DateTimeField()),
                        ('signed_at', models.DateTimeField(blank=True, null=True)),
                        ('valid_until', models.DateTimeField(blank=True, null=True)),
                        ('extension_note', models.CharField(blank=True, max_length=200)),
                        ('confirmed_as_of', models.DateTimeField(blank=True, null=True)),
                        ('guardian_name', models.CharField(blank=True, max_length=100)),
                        ('guardian_confirmed_at', models.DateTimeField(blank=True, null=True)),
                        ('long_assessment', models.JSONField(blank=True, default=dict)),
                        ('long_agreed_at', models.DateTimeField(blank=True, null=True)),
                        ('parameter_versions', models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        'ordering': ['-authored_on'],
                        'indexes': [models.Index(fields=['patient', 'status'], name='prescription_of_patient'), models.Index(fields=['status', 'valid_until'], name='prescription_due')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('signed', 'effective', 'completed', 'expired')), _negated=True), models.Q(('signed_at__isnull', False), ('valid_until__isnull', False)), _connector='OR'), name='prescription_in_force_is_signed'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('cancelled', 'returned', 'refused')), _negated=True), models.Q(('status_reason', ''), _negated=True), _connector='OR'), name='prescription_stopped_says_why'), models.UniqueConstraint(condition=models.Q(('encounter_id__isnull', False), ('status', 'draft')), fields=('encounter_id', 'practitioner'), name='prescription_one_draft_a_visit')],
                    },
                ),
                migrations.CreateModel(
                    name='MedicationRequest',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('prescription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='record.prescription')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('position', models.PositiveSmallIntegerField()),
                        ('status', models.CharField(choices=[('draft', 'draft'), ('active', 'in use'), ('on-hold', 'paused'), ('cancelled', 'cancelled'), ('completed', 'finished'), ('stopped', 'stopped')], default='draft', max_length=10)),
                        ('medication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminology.medication')),
                        ('dose', models.DecimalField(decimal_places=3, max_digits=9)),
                        ('dose_unit', models.CharField(max_length=8)),
                        ('frequency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminology.frequency')),
                        ('days', models.PositiveSmallIntegerField()),
                        ('quantity', models.DecimalField(decimal_places=2, max_digits=9)),
                        ('days_reason', models.CharField(blank=True, max_length=200)),
                        ('instruction', models.CharField(blank=True, max_length=200)),
                        ('course_of_therapy', models.CharField(choices=[('acute', 'for a short time'), ('continuous', 'long-term')], default='acute', max_length=10)),
                        ('number_of_repeats_allowed', models.PositiveSmallIntegerField(default=0)),
                        ('prior_prescription', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.medicationrequest')),
                        ('continues', models.CharField(blank=True, max_length=120)),
                        ('is_substitution_allowed', models.BooleanField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['position'],
                        'indexes': [models.Index(fields=['patient', 'status'], name='request_of_patient')],
                        'constraints': [models.UniqueConstraint(fields=('prescription', 'position'), name='request_one_line_a_position'), models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 5)), name='request_five_lines_at_most'), models.CheckConstraint(condition=models.Q(('days__gte', 1), ('dose__gt', 0), ('quantity__gt', 0)), name='request_says_how_much')],
                    },
                ),
                migrations.CreateModel(
                    name='AlertOverride',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('prescription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='record.prescription')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('alert_key', models.CharField(max_length=200)),
                        ('rule', models.CharField(max_length=6)),
                        ('alert_text', models.TextField()),
                        ('code', models.CharField(choices=[('benefit-outweighs', 'the benefit is greater than the risk'), ('tolerated-before', 'taken before without harm'), ('monitored', 'it will be watched closely'), ('continues-therapy', 'carries on the treatment in use'), ('replaces-therapy', 'the other medicine is stopped'), ('not-pregnant', 'asked: not pregnant'), ('test-ordered', 'the test has been ordered or seen'), ('record-wrong', 'the record is out of date'), ('other', 'another reason')], max_length=20)),
                        ('text', models.CharField(max_length=300)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['at'],
                        'indexes': [models.Index(fields=['rule', 'at'], name='override_by_rule')],
                        'constraints': [models.UniqueConstraint(fields=('prescription', 'alert_key'), name='override_one_an_alert'), models.CheckConstraint(condition=models.Q(models.Q(('code', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='override_says_why')],
                    },
                ),
                migrations.CreateModel(
                    name='AlertFired',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('prescription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fired', to='record.prescription')),
                        ('alert_key', models.CharField(max_length=200)),
                        ('rule', models.CharField(max_length=6)),
                        ('severity', models.CharField(max_length=8)),
                        ('at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['at'],
                        'indexes': [models.Index(fields=['organization', 'at', 'rule'], name='fired_by_rule')],
                        'constraints': [models.UniqueConstraint(fields=('prescription', 'alert_key'), name='fired_one_row_an_alert')],
                    },
                ),
                migrations.CreateModel(
                    name='RecordSection',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='record.patient')),
                        ('section', models.CharField(choices=[('allergies', 'Allergies'), ('conditions', 'Diagnoses'), ('medicines', 'Medicines'), ('observations', 'Readings'), ('reports', 'Test results'), ('documents', 'Documents'), ('encounters', 'Visits')], max_length=12)),
                        ('entries', models.JSONField(null=True)),
                        ('as_of', models.DateTimeField(null=True)),
                        ('error', models.CharField(blank=True, max_length=200)),
                        ('refreshing_since', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('patient', 'section'), name='record_one_row_a_section')],
                    },
                ),
                migrations.CreateModel(
                    name='SigningCertificate',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='record.practitioner')),
                        ('public_key', models.CharField(max_length=60)),
                        ('wrapped_key', models.TextField()),
                        ('valid_from', models.DateTimeField()),
                        ('revoked_at', models.DateTimeField(blank=True, null=True)),
                        ('revoked_reason', models.CharField(blank=True, max_length=100)),
                    ],
                    options={
                        'ordering': ['-valid_from'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('practitioner',), name='certificate_one_in_force_a_doctor'), models.CheckConstraint(condition=models.Q(('revoked_at', None), models.Q(('revoked_reason', ''), _negated=True), _connector='OR'), name='certificate_revoked_says_why')],
                    },
                ),
                migrations.CreateModel(
                    name='SignedPrescription',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('prescription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='record.prescription')),
                        ('version', models.PositiveSmallIntegerField()),
                        ('certificate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.signingcertificate')),
                        ('signed_bytes', models.TextField()),
                        ('rendering', models.TextField()),
                        ('digest', models.CharField(max_length=64)),
                        ('signature', models.CharField(max_length=200)),
                        ('signed_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['prescription', 'version'],
                        'constraints': [models.UniqueConstraint(fields=('prescription', 'version'), name='signed_one_form_a_version'), models.CheckConstraint(condition=models.Q(models.Q(('signature', ''), _negated=True), models.Q(('signed_bytes', ''), _negated=True)), name='signed_is_signed')],
                    },
                ),
                migrations.CreateModel(
                    name='Consent',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.consenttext')),
                        ('digest', models.CharField(max_length=64)),
                        ('given_at', models.DateTimeField()),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('patient', 'text'), name='record_one_live_consent_a_text')],
                    },
                ),
            ],
        ),
    ]
