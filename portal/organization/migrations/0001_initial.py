import django.db.models.deletion
import portal.beginning
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        portal.beginning.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Organization',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('name', models.CharField(max_length=100)),
                        ('telecom', models.CharField(max_length=30)),
                        ('address', models.CharField(blank=True, max_length=200)),
                        ('time_zone', models.CharField(default='Asia/Shanghai', max_length=40)),
                        ('his_base_url', models.URLField(blank=True)),
                        ('his_id', models.CharField(blank=True, max_length=64)),
                        ('licence_number', models.CharField(blank=True, max_length=40)),
                    ],
                    options={
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='HealthcareService',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='organization.organization')),
                        ('code', models.SlugField(max_length=40)),
                        ('name', models.CharField(max_length=100)),
                        ('department', models.CharField(max_length=100)),
                        ('is_online', models.BooleanField(default=False)),
                        ('price_minor', models.PositiveIntegerField(default=0)),
                        ('price_source', models.CharField(blank=True, max_length=120)),
                        ('currency', models.CharField(default='CNY', max_length=3)),
                    ],
                    options={
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='organization_one_service_a_code')],
                    },
                ),
                migrations.CreateModel(
                    name='CalendarDay',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organization', models.ForeignKey(blank=True, help_text='Empty: everywhere.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organization.organization', verbose_name='centre')),
                        ('day', models.DateField(verbose_name='day')),
                        ('is_working', models.BooleanField(default=False, help_text='A weekend day that is worked instead.', verbose_name='working day')),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('source', models.CharField(max_length=120, verbose_name='source')),
                    ],
                    options={
                        'verbose_name': 'day off or make-up working day',
                        'verbose_name_plural': 'days off and make-up working days',
                        'ordering': ['day'],
                        'constraints': [models.UniqueConstraint(fields=('organization', 'day'), name='calendar_one_row_a_day'), models.UniqueConstraint(condition=models.Q(('organization', None)), fields=('day',), name='calendar_one_row_a_day_everywhere')],
                    },
                ),
            ],
        ),
    ]
