import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('organization', '0002_organization_his_id'),
        ('record', '0003_nothing_signed_changes'),
        ('terminology', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='MedicationDispense',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                ('prescription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.prescription')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.medicationrequest')),
                ('fill', models.PositiveSmallIntegerField(default=1)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                ('status', models.CharField(choices=[('preparation', 'to be packed'), ('in-progress', 'packed'), ('completed', 'handed over'), ('declined', 'not handed over'), ('cancelled', 'cancelled')], default='preparation', max_length=12)),
                ('status_reason', models.CharField(blank=True, max_length=200)),
                ('boxes', models.PositiveIntegerField()),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=9)),
                ('days_supply', models.PositiveSmallIntegerField()),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('packed_at', models.DateTimeField(blank=True, null=True)),
                ('packed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seal_number', models.CharField(blank=True, max_length=40)),
                ('checks', models.JSONField(blank=True, default=list)),
                ('when_handed_over', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['created'],
                'indexes': [models.Index(fields=['organization', 'status', 'created'], name='dispense_queue'), models.Index(fields=['patient', 'status'], name='dispense_of_patient')],
                'constraints': [models.UniqueConstraint(fields=('line', 'fill'), name='dispense_once_a_fill'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('declined', 'cancelled')), _negated=True), models.Q(('status_reason', ''), _negated=True), _connector='OR'), name='dispense_stopped_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('in-progress', 'completed')), _negated=True), models.Q(('packed_at__isnull', False), ('packed_by__isnull', False)), _connector='OR'), name='dispense_packed_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='PrescriptionReview',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                ('prescription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.prescription')),
                ('version', models.PositiveSmallIntegerField()),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                ('prescriber', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                ('reviewer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                ('status', models.CharField(choices=[('pending', 'waiting for the pharmacist'), ('passed', 'passed'), ('returned', 'returned to the doctor'), ('refused', 'refused'), ('lapsed', 'expired before the review')], default='pending', max_length=10)),
                ('status_reason', models.CharField(blank=True, max_length=300)),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('due_at', models.DateTimeField()),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['due_at'],
                'indexes': [models.Index(fields=['organization', 'status', 'due_at'], name='review_queue')],
                'constraints': [models.UniqueConstraint(fields=('prescription', 'version'), name='review_one_a_signed_form'), models.CheckConstraint(condition=models.Q(('reviewer', None), models.Q(('reviewer', models.F('prescriber')), _negated=True), _connector='OR'), name='review_never_ones_own'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('returned', 'refused')), _negated=True), models.Q(('status_reason', ''), _negated=True), _connector='OR'), name='review_no_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'passed'), _negated=True), ('reviewer__isnull', False), _connector='OR'), name='review_pass_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='ReviewFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='refill.prescriptionreview')),
                ('block', models.CharField(choices=[('lawful', 'lawful'), ('complete', 'complete'), ('suitable', 'suitable')], max_length=10)),
                ('is_good', models.BooleanField()),
                ('text', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('review', 'block'), name='finding_one_a_block'), models.CheckConstraint(condition=models.Q(('is_good', True), models.Q(('text', ''), _negated=True), _connector='OR'), name='finding_bad_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Shortage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.medicationrequest')),
                ('elsewhere', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                ('promised_on', models.DateField(blank=True, null=True)),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StockItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                ('medication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminology.medication')),
                ('lot_number', models.CharField(max_length=40)),
                ('expires', models.DateField()),
                ('status', models.CharField(choices=[('available', 'on the shelf'), ('recalled', 'recalled')], default='available', max_length=10)),
                ('boxes', models.PositiveIntegerField(default=0)),
                ('reserved', models.PositiveIntegerField(default=0)),
            ],
            options={
                'ordering': ['expires', 'lot_number'],
                'indexes': [models.Index(fields=['organization', 'medication', 'expires'], name='stock_first_out')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'medication', 'lot_number'), name='stock_one_row_a_lot'), models.CheckConstraint(condition=models.Q(('reserved__lte', models.F('boxes'))), name='stock_never_promised_twice')],
            },
        ),
        migrations.CreateModel(
            name='DispenseLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dispense', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='refill.medicationdispense')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dispensed', to='refill.stockitem')),
                ('boxes', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('dispense', 'item'), name='dispense_lot_once'), models.CheckConstraint(condition=models.Q(('boxes__gt', 0)), name='dispense_lot_of_something')],
            },
        ),
        migrations.CreateModel(
            name='BoxCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True)),
                ('dispense', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='box_codes', to='refill.medicationdispense')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='refill.stockitem')),
                ('is_quarantined', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='StockMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='refill.stockitem')),
                ('kind', models.CharField(choices=[('received', 'received'), ('corrected', 'counted anew'), ('dispensed', 'handed out'), ('recalled', 'recalled')], max_length=10)),
                ('boxes', models.IntegerField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='StockReservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.medicationrequest')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='refill.stockitem')),
                ('boxes', models.PositiveIntegerField()),
                ('status', models.CharField(choices=[('held', 'kept'), ('used', 'handed out'), ('released', 'given back')], default='held', max_length=10)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'held')), fields=('line', 'item'), name='reservation_held_once'), models.CheckConstraint(condition=models.Q(('boxes__gt', 0)), name='reservation_of_something')],
            },
        ),
    ]
