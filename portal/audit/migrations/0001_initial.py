import django.db.models.deletion
import portal.beginning
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('organization', '0001_initial'),
    ]

    operations = [
        portal.beginning.CreateModels(
            models=[
                migrations.CreateModel(
                    name='JournalHead',
                    fields=[
                        ('organization', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='organization.organization')),
                        ('sequence', models.PositiveBigIntegerField(default=0)),
                        ('digest', models.CharField(blank=True, max_length=64)),
                    ],
                ),
                migrations.CreateModel(
                    name='AuditEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('sequence', models.PositiveBigIntegerField()),
                        ('recorded', models.DateTimeField()),
                        ('agent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('role', models.CharField(max_length=12)),
                        ('subject', models.UUIDField(blank=True, null=True)),
                        ('action', models.CharField(max_length=40)),
                        ('entity', models.CharField(max_length=60)),
                        ('entity_id', models.CharField(max_length=36)),
                        ('before', models.CharField(blank=True, max_length=20)),
                        ('after', models.CharField(blank=True, max_length=20)),
                        ('detail', models.JSONField(blank=True, default=dict)),
                        ('previous_digest', models.CharField(blank=True, max_length=64)),
                        ('digest', models.CharField(max_length=64)),
                    ],
                    options={
                        'ordering': ['organization', 'sequence'],
                        'indexes': [models.Index(fields=['entity', 'entity_id', 'sequence'], name='audit_by_entity'), models.Index(fields=['subject', 'recorded'], name='audit_by_subject')],
                        'constraints': [models.UniqueConstraint(fields=('organization', 'sequence'), name='audit_one_line_a_number')],
                    },
                ),
            ],
        ),
    ]
