import django.db.models.deletion
import portal.secrecy
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('organization', '0001_initial'),
    ]

    operations = [
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
    ]
