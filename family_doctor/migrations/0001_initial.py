import django.db.models.deletion
import portal.beginning
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organization', '0001_initial'),
        ('record', '0001_initial'),
    ]

    operations = [
        portal.beginning.CreateModels(
            models=[
                migrations.CreateModel(
                    name='CareTeam',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('name', models.CharField(max_length=100)),
                        ('doctor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('other_members', models.JSONField(default=list)),
                        ('services', models.JSONField(default=list)),
                        ('capacity', models.PositiveIntegerField(default=2000)),
                    ],
                    options={
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='EpisodeOfCare',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='family_doctor.careteam')),
                        ('status', models.CharField(choices=[('planned', 'waiting for the doctor'), ('waitlist', 'on the waiting list'), ('active', 'signed'), ('finished', 'ended')], default='planned', max_length=12)),
                        ('status_reason', models.CharField(blank=True, choices=[('moved', 'moved away'), ('unreachable', 'could not be reached'), ('declined', 'the doctor could not accept'), ('own-wish', "the resident's own wish"), ('transferred', 'changed to another team'), ('expired', 'the agreed time is over')], max_length=20)),
                        ('answer', models.CharField(blank=True, max_length=200)),
                        ('services', models.JSONField(default=list)),
                        ('start', models.DateField()),
                        ('end', models.DateField()),
                        ('signed_at', models.DateTimeField()),
                        ('accepted_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['-signed_at'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'active')), fields=('patient',), name='contract_one_active_a_resident'), models.UniqueConstraint(condition=models.Q(('status__in', ('planned', 'waitlist'))), fields=('patient',), name='contract_one_question_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'finished'), _negated=True), models.Q(('status_reason', ''), _negated=True), _connector='OR'), name='contract_end_says_why'), models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='contract_ends_after_its_start')],
                    },
                ),
            ],
        ),
    ]
