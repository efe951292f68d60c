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
                    name='Registration',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('patient', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('name', portal.secrecy.EncryptedTextField()),
                        ('birth_day', portal.secrecy.EncryptedTextField()),
                        ('gender', models.CharField(choices=[('female', 'woman'), ('male', 'man'), ('other', 'other'), ('unknown', 'not known')], default='unknown', max_length=10)),
                        ('id_number', portal.secrecy.EncryptedTextField(blank=True)),
                        ('record_number', models.CharField(blank=True, max_length=40)),
                        ('consent_text', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.consenttext')),
                        ('status', models.CharField(choices=[('requested', 'being checked'), ('on-hold', 'with the registrar'), ('completed', 'confirmed'), ('rejected', 'not confirmed'), ('cancelled', 'taken back')], default='requested', max_length=10)),
                        ('reason', models.CharField(blank=True, choices=[('no-match', 'no record has this number'), ('ambiguous', 'several records match'), ('name-differs', 'the record with this number has another name or birthday'), ('already-linked', 'another account is linked to this record'), ('no-number', 'no identity number to look for'), ('no-answer', 'the hospital system did not answer')], max_length=20)),
                        ('note', models.CharField(blank=True, max_length=200)),
                        ('authored_on', models.DateTimeField()),
                        ('decided_on', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['authored_on'],
                        'indexes': [models.Index(fields=['organization', 'status', 'authored_on'], name='registration_list')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ('requested', 'on-hold'))), fields=('user',), name='registration_one_open_a_person'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'completed'), _negated=True), ('patient__isnull', False), _connector='OR'), name='registration_confirmed_has_a_patient')],
                    },
                ),
            ],
        ),
    ]
