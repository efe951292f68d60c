import delivery.models.code
import delivery.models.parcel
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
        ('payment', '0001_initial'),
        ('record', '0001_initial'),
        ('refill', '0001_initial'),
    ]

    operations = [
        portal.beginning.CreateModels(
            models=[
                migrations.CreateModel(
                    name='CarrierAgreement',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('carrier', models.CharField(max_length=100)),
                        ('number', models.CharField(max_length=40)),
                        ('valid_from', models.DateField()),
                        ('valid_until', models.DateField()),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['carrier'],
                        'constraints': [models.UniqueConstraint(fields=('organization', 'number'), name='agreement_one_a_number'), models.CheckConstraint(condition=models.Q(('valid_from__lte', models.F('valid_until'))), name='agreement_ends_after_start')],
                    },
                ),
                migrations.CreateModel(
                    name='DeliveryWindow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('start', models.TimeField()),
                        ('end', models.TimeField()),
                        ('capacity', models.PositiveSmallIntegerField(default=20)),
                    ],
                    options={
                        'ordering': ['start'],
                        'constraints': [models.UniqueConstraint(fields=('organization', 'start'), name='window_one_a_start'), models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='window_ends_after_start')],
                    },
                ),
                migrations.CreateModel(
                    name='Zone',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('name', models.CharField(max_length=80)),
                        ('fee_minor', models.PositiveIntegerField(default=0)),
                        ('cold_extra_minor', models.PositiveIntegerField(default=0)),
                        ('free_from_minor', models.PositiveIntegerField(blank=True, null=True)),
                        ('latitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                        ('longitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                        ('is_active', models.BooleanField(default=True)),
                    ],
                    options={
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(fields=('organization', 'name'), name='zone_one_name_a_centre')],
                    },
                ),
                migrations.CreateModel(
                    name='DeliveryChoice',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('invoice', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payment.invoice')),
                        ('mode', models.CharField(choices=[('pick-up', 'I collect it at the centre'), ('courier', 'A courier brings it to me'), ('receiver', 'A courier brings it to somebody I name')], max_length=8)),
                        ('line', portal.secrecy.EncryptedTextField(blank=True)),
                        ('phone', portal.secrecy.EncryptedTextField(blank=True)),
                        ('receiver_name', portal.secrecy.EncryptedTextField(blank=True)),
                        ('zone', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='delivery.zone')),
                        ('latitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                        ('longitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                        ('window_start', models.DateTimeField(blank=True, null=True)),
                        ('window_end', models.DateTimeField(blank=True, null=True)),
                        ('fee_minor', models.PositiveIntegerField(default=0)),
                        ('chosen_at', models.DateTimeField()),
                        ('chosen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-chosen_at'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('fee_minor', 0), ('mode', 'pick-up'), ('window_end', None), ('window_start', None)), models.Q(models.Q(('mode', 'pick-up'), _negated=True), ('window_start__lt', models.F('window_end')), ('zone__isnull', False)), _connector='OR'), name='choice_brought_has_place_and_time'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('receiver_name', ''), _negated=True), ('mode', 'receiver')), models.Q(models.Q(('mode', 'receiver'), _negated=True), ('receiver_name', '')), _connector='OR'), name='choice_receiver_has_a_name')],
                    },
                ),
                migrations.CreateModel(
                    name='SupplyDelivery',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('choice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parcels', to='delivery.deliverychoice')),
                        ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='delivery.supplydelivery')),
                        ('number', models.CharField(default=delivery.models.parcel.new_number, max_length=8, unique=True)),
                        ('seal_numbers', models.JSONField(default=list)),
                        ('is_cold', models.BooleanField(default=False)),
                        ('code', portal.secrecy.EncryptedTextField(default=delivery.models.code.new_code)),
                        ('wrong_codes', models.PositiveSmallIntegerField(default=0)),
                        ('stage', models.CharField(choices=[('packed', 'packed'), ('assigned', 'a courier fetches it'), ('out-for-delivery', 'on its way'), ('attempt-failed', 'not handed over'), ('rescheduled', 'a second time is set'), ('returning', 'on its way back'), ('returned', 'back at the centre'), ('quarantined', 'put aside'), ('destroyed', 'destroyed'), ('lost', 'lost'), ('delivered', 'handed over')], default='packed', max_length=16)),
                        ('stage_reason', models.CharField(blank=True, max_length=40)),
                        ('holder', models.CharField(choices=[('counter', 'the counter'), ('courier', 'the courier'), ('receiver', 'the receiver'), ('nobody', 'nobody')], default='counter', max_length=8)),
                        ('courier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('window_start', models.DateTimeField()),
                        ('window_end', models.DateTimeField()),
                        ('failed_attempts', models.PositiveSmallIntegerField(default=0)),
                        ('created', models.DateTimeField(auto_now_add=True)),
                        ('out_at', models.DateTimeField(blank=True, null=True)),
                        ('delivered_at', models.DateTimeField(blank=True, null=True)),
                        ('late_told_at', models.DateTimeField(blank=True, null=True)),
                        ('destroyed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('witnessed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['window_end', 'number'],
                        'indexes': [models.Index(fields=['organization', 'stage', 'window_end'], name='parcel_board'), models.Index(fields=['courier', 'stage', 'window_end'], name='parcel_run'), models.Index(fields=['patient', 'stage'], name='parcel_of_patient')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('replaces', None)), fields=('choice',), name='parcel_one_a_choice'), models.CheckConstraint(condition=models.Q(models.Q(('holder', 'counter'), ('stage__in', ('packed', 'assigned', 'returned', 'quarantined'))), models.Q(('courier__isnull', False), ('holder', 'courier'), ('stage__in', ('out-for-delivery', 'attempt-failed', 'rescheduled', 'returning'))), models.Q(('holder', 'receiver'), ('stage', 'delivered')), models.Q(('holder', 'nobody'), ('stage__in', ('destroyed', 'lost'))), _connector='OR'), name='parcel_is_with_exactly_one'), models.CheckConstraint(condition=models.Q(models.Q(('courier', None), ('stage', 'packed')), models.Q(('stage__in', ('packed', 'assigned')), _negated=True), models.Q(('courier__isnull', False), ('stage', 'assigned')), _connector='OR'), name='parcel_assigned_to_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('stage', 'destroyed'), _negated=True), models.Q(('destroyed_by__isnull', False), ('witnessed_by__isnull', False), models.Q(('destroyed_by', models.F('witnessed_by')), _negated=True)), _connector='OR'), name='parcel_destroyed_by_two'), models.CheckConstraint(condition=models.Q(models.Q(('delivered_at__isnull', False), ('stage', 'delivered')), models.Q(models.Q(('stage', 'delivered'), _negated=True), ('delivered_at', None)), _connector='OR'), name='parcel_delivered_has_its_moment')],
                    },
                ),
                migrations.CreateModel(
                    name='RefundOrReplace',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('parcel', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='case', to='delivery.supplydelivery')),
                        ('status', models.CharField(choices=[('requested', 'to be decided'), ('completed', 'settled')], default='requested', max_length=10)),
                        ('outcome', models.CharField(blank=True, choices=[('collected', 'collected at the centre'), ('refunded', 'paid back'), ('replaced', 'sent again')], max_length=10)),
                        ('reason', models.CharField(blank=True, max_length=200)),
                        ('days_left', models.IntegerField(blank=True, null=True)),
                        ('created', models.DateTimeField(auto_now_add=True)),
                        ('due_at', models.DateTimeField()),
                        ('team_called_at', models.DateTimeField(blank=True, null=True)),
                        ('decided_at', models.DateTimeField(blank=True, null=True)),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['due_at'],
                        'indexes': [models.Index(fields=['organization', 'status', 'due_at'], name='case_queue')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('status', 'requested')), models.Q(('status', 'completed'), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='case_settled_says_how')],
                    },
                ),
                migrations.CreateModel(
                    name='Proof',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('parcel', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='proof', to='delivery.supplydelivery')),
                        ('method', models.CharField(choices=[('code', 'one-time code'), ('signature', 'name and signature'), ('photo', 'name and photo')], max_length=9)),
                        ('receiver_name', portal.secrecy.EncryptedTextField(blank=True)),
                        ('file', models.FileField(blank=True, upload_to='delivery/%Y/%m/')),
                        ('seal_intact', models.BooleanField()),
                        ('client_id', models.UUIDField(unique=True)),
                        ('at', models.DateTimeField()),
                        ('received', models.DateTimeField(auto_now_add=True)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('place', models.CharField(blank=True, max_length=100)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('seal_intact', True)), name='proof_of_a_whole_seal'), models.CheckConstraint(condition=models.Q(models.Q(('file', ''), ('method', 'code')), models.Q(('method__in', ('signature', 'photo')), models.Q(('file', ''), _negated=True), models.Q(('receiver_name', ''), _negated=True)), _connector='OR'), name='proof_shows_what_it_says')],
                    },
                ),
                migrations.CreateModel(
                    name='ParcelLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='delivery.supplydelivery')),
                        ('dispense', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='refill.medicationdispense')),
                    ],
                    options={
                        'ordering': ['pk'],
                    },
                ),
                migrations.CreateModel(
                    name='DeliveryStep',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='delivery.supplydelivery')),
                        ('name', models.CharField(choices=[('picked', 'taken from the shelf'), ('checked', 'checked'), ('packed', 'packed'), ('sealed', 'sealed'), ('collected', 'given to the courier'), ('attempted', 'not handed over'), ('handed-over', 'handed over'), ('returned', 'back at the centre'), ('quarantined', 'put aside'), ('destroyed', 'destroyed'), ('lost', 'lost')], max_length=12)),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('place', models.CharField(blank=True, max_length=100)),
                    ],
                    options={
                        'ordering': ['at', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='DeliveryAttempt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='delivery.supplydelivery')),
                        ('number', models.PositiveSmallIntegerField()),
                        ('reason', models.CharField(choices=[('no-answer', 'nobody answered'), ('not-home', 'nobody was at home'), ('refused', 'it was refused'), ('wrong-address', 'the address was wrong'), ('damaged', 'the parcel was damaged'), ('seal-broken', 'the seal was broken'), ('wrong-code', 'the code was wrong three times'), ('too-warm', 'it was not kept cool enough'), ('recalled', 'a medicine in it was called back'), ('called-back', 'the centre called the parcel back')], max_length=16)),
                        ('client_id', models.UUIDField(default=uuid.uuid4, unique=True)),
                        ('at', models.DateTimeField()),
                        ('received', models.DateTimeField(auto_now_add=True)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('place', models.CharField(blank=True, max_length=100)),
                    ],
                    options={
                        'ordering': ['number'],
                        'constraints': [models.UniqueConstraint(fields=('parcel', 'number'), name='attempt_one_a_number')],
                    },
                ),
                migrations.CreateModel(
                    name='Custody',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='custodies', to='delivery.supplydelivery')),
                        ('holder', models.CharField(choices=[('counter', 'the counter'), ('courier', 'the courier'), ('receiver', 'the receiver'), ('nobody', 'nobody')], max_length=8)),
                        ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('since', models.DateTimeField()),
                        ('until', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['since', 'pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('parcel',), name='custody_one_at_a_time'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='custody_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('holder', 'courier'), _negated=True), ('user__isnull', False), _connector='OR'), name='custody_courier_has_a_name')],
                    },
                ),
                migrations.CreateModel(
                    name='CodeTry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='code_tries', to='delivery.supplydelivery')),
                        ('client_id', models.UUIDField(unique=True)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='CallNumber',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='call_numbers', to='delivery.supplydelivery')),
                        ('courier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('number', models.CharField(blank=True, max_length=21)),
                        ('until', models.DateTimeField()),
                        ('asked', models.DateTimeField(auto_now_add=True)),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['asked'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('parcel',), name='call_number_one_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='TemperatureReading',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='temperatures', to='delivery.supplydelivery')),
                        ('at', models.DateTimeField()),
                        ('celsius', models.DecimalField(decimal_places=1, max_digits=4)),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('received', models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        'ordering': ['at', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('parcel', 'at'), name='temperature_one_a_moment')],
                    },
                ),
                migrations.CreateModel(
                    name='Courier',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='couriers', to='delivery.carrieragreement')),
                        ('most_parcels', models.PositiveSmallIntegerField(default=12)),
                        ('phone', portal.secrecy.EncryptedTextField(blank=True)),
                        ('carries_cold', models.BooleanField(default=False)),
                        ('zones', models.ManyToManyField(blank=True, related_name='+', to='delivery.zone')),
                    ],
                    options={
                        'ordering': ['user__full_name'],
                    },
                ),
                migrations.CreateModel(
                    name='Address',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='record.patient')),
                        ('label', models.CharField(blank=True, max_length=40)),
                        ('line', portal.secrecy.EncryptedTextField()),
                        ('phone', portal.secrecy.EncryptedTextField()),
                        ('zone', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='delivery.zone')),
                        ('latitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                        ('longitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                        ('created', models.DateTimeField(auto_now_add=True)),
                        ('used_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['-used_at', '-created'],
                    },
                ),
            ],
        ),
    ]
