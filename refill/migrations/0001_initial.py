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
        ('terminology', '0001_initial'),
    ]

    operations = [
        portal.beginning.CreateModels(
            models=[
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
                        ('receiver', portal.secrecy.EncryptedTextField(blank=True)),
                        ('substitute', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminology.medication')),
                        ('substitution_kind', models.CharField(blank=True, choices=[('G', 'same composition, without a brand'), ('BC', 'same composition, of another brand')], max_length=2)),
                        ('substitution_reason', models.CharField(blank=True, choices=[('OS', 'what was written is not on the shelf'), ('CT', 'the resident knows this one and goes on with it'), ('FP', 'it costs less')], max_length=2)),
                        ('substituted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['created'],
                        'indexes': [models.Index(fields=['organization', 'status', 'created'], name='dispense_queue'), models.Index(fields=['patient', 'status'], name='dispense_of_patient')],
                        'constraints': [models.UniqueConstraint(fields=('line', 'fill'), name='dispense_once_a_fill'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('declined', 'cancelled')), _negated=True), models.Q(('status_reason', ''), _negated=True), _connector='OR'), name='dispense_stopped_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('in-progress', 'completed')), _negated=True), models.Q(('packed_at__isnull', False), ('packed_by__isnull', False)), _connector='OR'), name='dispense_packed_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('substitute', None), ('substituted_by', None), ('substitution_kind', ''), ('substitution_reason', '')), models.Q(('substitute__isnull', False), ('substituted_by__isnull', False), models.Q(('substitution_kind', ''), _negated=True), models.Q(('substitution_reason', ''), _negated=True)), _connector='OR'), name='dispense_substituted_says_all')],
                    },
                ),
                migrations.CreateModel(
                    name='PickUp',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('status', models.CharField(choices=[('open', 'ready to be picked up'), ('stopped', 'stopped after three wrong tries'), ('collected', 'picked up'), ('withdrawn', 'not to be picked up any more')], default='open', max_length=10)),
                        ('code', portal.secrecy.EncryptedTextField()),
                        ('wrong_tries', models.PositiveSmallIntegerField(default=0)),
                        ('created', models.DateTimeField(auto_now_add=True)),
                        ('closed_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['created'],
                        'indexes': [models.Index(fields=['organization', 'closed_at', 'created'], name='pick_up_queue')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('patient', 'organization'), name='pick_up_one_open_a_resident'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('status__in', ('collected', 'withdrawn'))), models.Q(('closed_at', None), ('status__in', ('open', 'stopped'))), _connector='OR'), name='pick_up_closed_when_ended')],
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
                        ('status', models.CharField(choices=[('pending', 'waiting for the pharmacist'), ('passed', 'passed'), ('returned', 'returned to the doctor'), ('refused', 'refused'), ('lapsed', 'ended before the review')], default='pending', max_length=10)),
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
                    name='Recall',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('lot_number', models.CharField(max_length=40, unique=True)),
                        ('reason', models.CharField(max_length=200)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        'ordering': ['-at'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('lot_number', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='recall_says_what_and_why')],
                    },
                ),
                migrations.CreateModel(
                    name='RefillRequest',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('basket', models.UUIDField()),
                        ('medicine_key', models.CharField(max_length=120)),
                        ('medication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminology.medication')),
                        ('focus', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.medicationrequest')),
                        ('continues', models.CharField(blank=True, max_length=120)),
                        ('status', models.CharField(choices=[('requested', 'asked for, with your doctor'), ('accepted', 'agreed, waiting for your signature'), ('rejected', 'not agreed'), ('on-hold', 'your doctor would like to talk with you first'), ('in-progress', 'prescribed, on its way'), ('completed', 'in your hands'), ('cancelled', 'taken back'), ('failed', 'did not come to its end')], default='requested', max_length=12)),
                        ('status_reason', models.CharField(blank=True, max_length=300)),
                        ('next_step', models.CharField(blank=True, choices=[('', '—'), ('talk', 'talk with your doctor online'), ('visit', 'come to the centre'), ('later', 'ask again later'), ('stop', 'stop taking this medicine')], default='', max_length=8)),
                        ('triage', models.CharField(max_length=12)),
                        ('rule', models.CharField(max_length=4)),
                        ('sentence', models.CharField(max_length=300)),
                        ('days', models.PositiveSmallIntegerField()),
                        ('answers', models.JSONField(default=dict)),
                        ('readings', models.JSONField(default=dict)),
                        ('early', models.CharField(blank=True, choices=[('', 'not early'), ('travel', 'I travel'), ('lost', 'I lost some'), ('dose', 'my dose was changed')], default='', max_length=8)),
                        ('early_reason', models.CharField(blank=True, max_length=200)),
                        ('channel', models.CharField(choices=[('portal', 'in the portal'), ('telephone', 'by telephone'), ('counter', 'at the counter'), ('doctor', 'written down by the doctor')], default='portal', max_length=10)),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('caller', models.CharField(blank=True, max_length=100)),
                        ('parameter_versions', models.JSONField(default=dict)),
                        ('authored_on', models.DateTimeField()),
                        ('due_at', models.DateTimeField()),
                        ('escalated_at', models.DateTimeField(blank=True, null=True)),
                        ('performer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.practitioner')),
                        ('decided_at', models.DateTimeField(blank=True, null=True)),
                        ('prescription', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.prescription')),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['authored_on', 'pk'],
                        'indexes': [models.Index(fields=['patient', 'status'], name='refill_of_patient'), models.Index(fields=['status', 'due_at'], name='refill_due'), models.Index(fields=['organization', 'status', 'due_at'], name='refill_of_centre'), models.Index(fields=['prescription'], name='refill_of_prescription')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ('requested', 'accepted', 'on-hold', 'in-progress'))), fields=('patient', 'medicine_key'), name='refill_one_open_a_medicine'), models.UniqueConstraint(fields=('basket', 'medicine_key'), name='refill_one_row_a_medicine_of_a_basket'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('rejected', 'failed', 'on-hold')), _negated=True), models.Q(('status_reason', ''), _negated=True), _connector='OR'), name='refill_stopped_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('in-progress', 'completed')), _negated=True), models.Q(('decided_by__isnull', False), ('prescription__isnull', False)), _connector='OR'), name='refill_prescribed_by_somebody')],
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
            ],
        ),
    ]
