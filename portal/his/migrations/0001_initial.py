import django.db.models.deletion
import portal.beginning
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
                    name='FeedCursor',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('base_url', models.URLField(unique=True)),
                        ('cursor', models.JSONField(default=dict)),
                        ('polled', models.DateTimeField(null=True)),
                        ('error', models.CharField(blank=True, max_length=200)),
                    ],
                ),
                migrations.CreateModel(
                    name='ProbedHis',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('base_url', models.URLField(unique=True)),
                        ('seen', models.JSONField(default=dict)),
                        ('probed', models.DateTimeField(auto_now=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='SeenChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('base_url', models.URLField()),
                        ('type', models.CharField(max_length=40)),
                        ('his_id', models.CharField(max_length=64)),
                        ('version', models.CharField(max_length=64)),
                        ('seen', models.DateTimeField(auto_now_add=True, db_index=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('base_url', 'type', 'his_id', 'version'), name='his_change_seen_once')],
                    },
                ),
                migrations.CreateModel(
                    name='RegistrarTask',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('kind', models.CharField(choices=[('ambiguous', 'several records match'), ('no-match', 'no record matches'), ('merged', 'two records were merged')], max_length=12)),
                        ('patient', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('his_id', models.CharField(blank=True, max_length=64)),
                        ('created', models.DateTimeField(auto_now_add=True)),
                        ('done_at', models.DateTimeField(blank=True, null=True)),
                        ('note', models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['organization', 'done_at', 'created'], name='his_registrar')],
                    },
                ),
            ],
        ),
    ]
