import portal.beginning
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        portal.beginning.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Frequency',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.SlugField(max_length=20, unique=True)),
                        ('name_en', models.CharField(max_length=80)),
                        ('name_zh', models.CharField(max_length=40)),
                        ('explanation_en', models.CharField(max_length=200)),
                        ('explanation_zh', models.CharField(max_length=100)),
                        ('doses_per_day', models.DecimalField(decimal_places=4, max_digits=6)),
                        ('times', models.JSONField(blank=True, default=list)),
                        ('is_as_needed', models.BooleanField(default=False)),
                        ('position', models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        'ordering': ['position', 'code'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('doses_per_day__gt', Decimal('0'))), name='frequency_is_taken')],
                    },
                ),
                migrations.CreateModel(
                    name='Medication',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=20, unique=True)),
                        ('insurance_code', models.CharField(blank=True, max_length=30)),
                        ('name_en', models.CharField(max_length=100)),
                        ('name_zh', models.CharField(max_length=100)),
                        ('brand', models.CharField(blank=True, max_length=60)),
                        ('form', models.CharField(choices=[('tablet', 'tablet'), ('coated', 'film-coated tablet'), ('enteric', 'gastro-resistant tablet'), ('enteric-capsule', 'gastro-resistant capsule'), ('prolonged-capsule', 'prolonged-release capsule'), ('prolonged', 'prolonged-release tablet'), ('chewable', 'chewable tablet'), ('sublingual', 'sublingual tablet'), ('capsule', 'capsule'), ('soft-capsule', 'soft capsule'), ('granules', 'granules'), ('solution', 'oral solution'), ('injection', 'injection'), ('aerosol', 'inhalation aerosol'), ('powder', 'inhalation powder'), ('nasal-spray', 'nasal spray'), ('eye-drops', 'eye drops'), ('cream', 'cream'), ('gel', 'gel'), ('patch', 'patch')], max_length=20)),
                        ('ingredients', models.JSONField()),
                        ('unit', models.CharField(choices=[('tablet', 'tablet'), ('capsule', 'capsule'), ('sachet', 'sachet'), ('puff', 'puff'), ('spray', 'spray'), ('drop', 'drop'), ('mL', 'mL'), ('g', 'g'), ('patch', 'patch')], max_length=8)),
                        ('pack_size', models.DecimalField(decimal_places=2, max_digits=8)),
                        ('route', models.CharField(choices=[('oral', 'by mouth'), ('sublingual', 'under the tongue'), ('subcutaneous', 'under the skin'), ('intramuscular', 'into a muscle'), ('inhalation', 'breathed in'), ('nasal', 'into the nose'), ('ophthalmic', 'into the eye'), ('cutaneous', 'on the skin')], max_length=14)),
                        ('atc', models.CharField(max_length=7)),
                        ('control', models.CharField(choices=[('none', 'no special control'), ('narcotic', 'narcotic'), ('psych-1', 'psychotropic, class I'), ('psych-2', 'psychotropic, class II'), ('toxic', 'toxic medicine'), ('radioactive', 'radioactive medicine'), ('precursor', 'drug precursor'), ('vaccine', 'vaccine'), ('blood', 'blood product')], default='none', max_length=12)),
                        ('is_prescription_only', models.BooleanField(default=True)),
                        ('is_antimicrobial', models.BooleanField(default=False)),
                        ('storage', models.CharField(choices=[('room', 'room temperature'), ('cool', 'cool place, below 20 °C'), ('cold', 'refrigerator, 2–8 °C'), ('freeze', 'freezer')], default='room', max_length=6)),
                        ('long_prescription_days', models.PositiveSmallIntegerField(default=0)),
                        ('monitoring', models.JSONField(blank=True, default=list)),
                        ('pregnancy', models.CharField(choices=[('safe', 'may be used'), ('caution', 'use with caution'), ('contraindicated', 'must not be used')], default='caution', max_length=15)),
                        ('lactation', models.CharField(choices=[('safe', 'may be used'), ('caution', 'use with caution'), ('contraindicated', 'must not be used')], default='caution', max_length=15)),
                        ('egfr_caution_below', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('egfr_stop_below', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('age_from', models.PositiveSmallIntegerField(default=0)),
                        ('is_cautious_in_old_age', models.BooleanField(default=False)),
                        ('allergens', models.JSONField(blank=True, default=list)),
                        ('allergen_classes', models.JSONField(blank=True, default=list)),
                        ('interaction_tags', models.JSONField(blank=True, default=list)),
                        ('price_minor', models.PositiveIntegerField()),
                        ('currency', models.CharField(default='CNY', max_length=3)),
                        ('insurance', models.CharField(choices=[('A', 'class A'), ('B', 'class B'), ('self-pay', 'not covered')], default='B', max_length=8)),
                        ('own_pay_percent', models.PositiveSmallIntegerField(default=0)),
                        ('is_trace_coded', models.BooleanField(default=True)),
                        ('label_en', models.CharField(blank=True, max_length=300)),
                        ('label_zh', models.CharField(blank=True, max_length=300)),
                        ('is_active', models.BooleanField(default=True)),
                    ],
                    options={
                        'ordering': ['name_en', 'code'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('pack_size__gt', 0)), name='medication_pack_not_empty'), models.CheckConstraint(condition=models.Q(('own_pay_percent__lte', 100)), name='medication_own_pay_is_a_share'), models.CheckConstraint(condition=models.Q(('control', 'none'), ('long_prescription_days', 0), _connector='OR'), name='medication_controlled_never_long')],
                    },
                ),
                migrations.CreateModel(
                    name='RuleParameter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('profile', models.CharField(max_length=10)),
                        ('key', models.CharField(max_length=60)),
                        ('value', models.JSONField()),
                        ('source', models.CharField(max_length=120)),
                        ('valid_from', models.DateField()),
                    ],
                    options={
                        'ordering': ['profile', 'key', 'valid_from'],
                        'constraints': [models.UniqueConstraint(fields=('profile', 'key', 'valid_from'), name='parameter_one_value_a_day')],
                    },
                ),
            ],
        ),
    ]
