import django.db.models.deletion
import django.db.models.functions.datetime
import portal.beginning
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organization', '0001_initial'),
    ]

    operations = [
        portal.beginning.CreateModels(
            models=[
                migrations.CreateModel(
                    name='OutboxMessage',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('kind', models.CharField(max_length=40)),
                        ('lane', models.CharField(max_length=64)),
                        ('depends_on', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outbox.outboxmessage')),
                        ('priority', models.PositiveSmallIntegerField(default=5)),
                        ('payload', models.JSONField(default=dict)),
                        ('payload_version', models.PositiveSmallIntegerField(default=1)),
                        ('state', models.CharField(choices=[('pending', 'waiting to be sent'), ('in-flight', 'being sent'), ('unknown', 'sent, answer not known'), ('done', 'delivered'), ('conflict', 'refused: the other side has changed'), ('rejected', 'refused by the other side'), ('dead', 'given up, needs a person'), ('discarded', 'discarded by a person')], default='pending', max_length=10)),
                        ('attempts', models.PositiveIntegerField(default=0)),
                        ('created', models.DateTimeField(auto_now_add=True)),
                        ('next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ('leased_until', models.DateTimeField(blank=True, null=True)),
                        ('may_have_arrived', models.BooleanField(default=False)),
                        ('faults', models.PositiveSmallIntegerField(default=0)),
                        ('failing_since', models.DateTimeField(blank=True, null=True)),
                        ('done_at', models.DateTimeField(blank=True, null=True)),
                        ('remote_ref', models.CharField(blank=True, max_length=500)),
                        ('remote_version', models.CharField(blank=True, max_length=64)),
                        ('last_error', models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['state', 'priority', 'next_at'], name='outbox_due'), models.Index(fields=['lane', 'state', 'id'], name='outbox_lane'), models.Index(fields=['organization', 'state', 'done_at'], name='outbox_of_centre')],
                    },
                ),
            ],
        ),
    ]
