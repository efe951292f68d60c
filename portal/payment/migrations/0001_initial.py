import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
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
                    name='Coverage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('patient', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('scheme', models.CharField(choices=[('employee', "employees' insurance"), ('resident', "residents' insurance")], max_length=10)),
                        ('pooling_area', models.CharField(max_length=60)),
                        ('personal_account_minor', models.PositiveIntegerField(default=0)),
                        ('as_of', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['patient'],
                    },
                ),
                migrations.CreateModel(
                    name='InsuranceAgreement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('number', models.CharField(max_length=60)),
                        ('pooling_area', models.CharField(max_length=60)),
                        ('valid_from', models.DateField()),
                        ('valid_until', models.DateField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['organization', 'valid_from'],
                    },
                ),
                migrations.CreateModel(
                    name='Invoice',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.patient')),
                        ('status', models.CharField(choices=[('draft', 'being put together'), ('issued', 'to be paid'), ('balanced', 'paid'), ('cancelled', 'cancelled')], default='draft', max_length=12)),
                        ('currency', models.CharField(default='CNY', max_length=3)),
                        ('owed_minor', models.PositiveIntegerField(default=0)),
                        ('captured_minor', models.PositiveIntegerField(default=0)),
                        ('refunded_minor', models.PositiveIntegerField(default=0)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('created', models.DateTimeField(auto_now_add=True)),
                        ('issued_at', models.DateTimeField(blank=True, null=True)),
                        ('due_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['-created'],
                        'indexes': [models.Index(fields=['patient', 'status'], name='invoice_of_patient')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('patient', 'organization'), name='invoice_one_draft_a_resident'), models.CheckConstraint(condition=models.Q(('refunded_minor__lte', models.F('captured_minor'))), name='invoice_never_refunds_more_than_it_took'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'balanced'), _negated=True), ('captured_minor__gte', models.F('owed_minor')), _connector='OR'), name='invoice_paid_means_all_of_it')],
                    },
                ),
                migrations.CreateModel(
                    name='Checkout',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checkouts', to='payment.invoice')),
                        ('invoice_version', models.PositiveIntegerField()),
                        ('amount_minor', models.PositiveIntegerField()),
                        ('status', models.CharField(choices=[('open', 'at the cashier'), ('complete', 'paid'), ('expired', 'closed')], default='open', max_length=10)),
                        ('gateway_ref', models.CharField(blank=True, max_length=120)),
                        ('url', models.URLField(blank=True, max_length=2000)),
                        ('created', models.DateTimeField(auto_now_add=True)),
                        ('expires_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['-created'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('invoice',), name='checkout_one_open_an_invoice'), models.UniqueConstraint(condition=models.Q(('gateway_ref', ''), _negated=True), fields=('gateway_ref',), name='checkout_one_a_gateway_session')],
                    },
                ),
                migrations.CreateModel(
                    name='ChargeItem',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payment.invoice')),
                        ('kind', models.CharField(choices=[('consultation', 'Consultation'), ('medicine', 'Medicine'), ('delivery', 'Delivery')], max_length=12)),
                        ('entity', models.CharField(max_length=60)),
                        ('entity_id', models.CharField(max_length=36)),
                        ('amount_minor', models.PositiveIntegerField()),
                        ('fund_minor', models.PositiveIntegerField(default=0)),
                        ('personal_account_minor', models.PositiveIntegerField(default=0)),
                        ('cash_minor', models.PositiveIntegerField()),
                        ('waived_minor', models.PositiveIntegerField(default=0)),
                        ('waived_reason', models.CharField(blank=True, max_length=200)),
                        ('waived_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('created', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                        ('withdrawn_reason', models.CharField(blank=True, max_length=40)),
                    ],
                    options={
                        'ordering': ['kind', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('entity', 'entity_id', 'kind'), name='charge_once_a_thing'), models.CheckConstraint(condition=models.Q(('amount_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('fund_minor'), '+', models.F('personal_account_minor')), '+', models.F('cash_minor')))), name='charge_shares_add_up'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'delivery'), _negated=True), models.Q(('fund_minor', 0), ('personal_account_minor', 0)), _connector='OR'), name='charge_delivery_is_never_insured'), models.CheckConstraint(condition=models.Q(('waived_minor', 0), models.Q(('waived_minor__lte', models.F('cash_minor')), models.Q(('waived_reason', ''), _negated=True)), _connector='OR'), name='charge_waived_says_why')],
                    },
                ),
                migrations.CreateModel(
                    name='Receipt',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='payment.invoice')),
                        ('checkout', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='payment.checkout')),
                        ('gateway_ref', models.CharField(max_length=120, unique=True)),
                        ('amount_minor', models.PositiveIntegerField()),
                        ('received_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['received_at'],
                    },
                ),
                migrations.CreateModel(
                    name='Refund',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('key', models.UUIDField(unique=True)),
                        ('receipt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='payment.receipt')),
                        ('amount_minor', models.PositiveIntegerField()),
                        ('status', models.CharField(choices=[('requested', 'on its way back'), ('succeeded', 'paid back'), ('failed', 'not paid back yet, the centre will call')], default='requested', max_length=10)),
                        ('reason', models.CharField(max_length=40)),
                        ('gateway_ref', models.CharField(blank=True, max_length=120)),
                        ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('created', models.DateTimeField(auto_now_add=True)),
                        ('settled_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['created'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='refund_of_something'), models.UniqueConstraint(condition=models.Q(('gateway_ref', ''), _negated=True), fields=('gateway_ref',), name='refund_one_a_gateway_refund')],
                    },
                ),
                migrations.CreateModel(
                    name='RefundLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('refund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payment.refund')),
                        ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refund_lines', to='payment.chargeitem')),
                        ('amount_minor', models.PositiveIntegerField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('refund', 'line'), name='refund_line_once'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='refund_line_positive')],
                    },
                ),
                migrations.CreateModel(
                    name='RefundRequest',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refund_requests', to='payment.chargeitem')),
                        ('amount_minor', models.PositiveIntegerField()),
                        ('status', models.CharField(choices=[('asked', 'asked for'), ('proposed', 'waits for a second person'), ('approved', 'agreed'), ('declined', 'not agreed')], default='asked', max_length=10)),
                        ('reason', models.CharField(max_length=40)),
                        ('words', portal.secrecy.EncryptedTextField(blank=True)),
                        ('answer', portal.secrecy.EncryptedTextField(blank=True)),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('asked_at', models.DateTimeField(auto_now_add=True)),
                        ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('decided_at', models.DateTimeField(blank=True, null=True)),
                        ('needs_second', models.BooleanField(default=False)),
                        ('refund', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payment.refund')),
                    ],
                    options={
                        'ordering': ['-asked_at'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ('asked', 'proposed'))), fields=('line',), name='refund_request_one_open_a_line'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved'), _negated=True), ('needs_second', False), models.Q(('proposed_by__isnull', False), models.Q(('proposed_by', models.F('decided_by')), _negated=True)), _connector='OR'), name='refund_request_two_people_above_the_limit'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='refund_request_of_something')],
                    },
                ),
                migrations.CreateModel(
                    name='ShareRate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('scheme', models.CharField(choices=[('employee', "employees' insurance"), ('resident', "residents' insurance")], max_length=10)),
                        ('kind', models.CharField(choices=[('consultation', 'Consultation'), ('medicine', 'Medicine'), ('delivery', 'Delivery')], max_length=12)),
                        ('item', models.CharField(blank=True, max_length=40)),
                        ('fund_percent', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(100)])),
                        ('source', models.CharField(max_length=200)),
                    ],
                    options={
                        'ordering': ['scheme', 'kind', 'item'],
                        'constraints': [models.UniqueConstraint(fields=('scheme', 'kind', 'item'), name='share_rate_one_a_thing'), models.CheckConstraint(condition=models.Q(('fund_percent__lte', 100)), name='share_rate_at_most_all'), models.CheckConstraint(condition=models.Q(('kind', 'delivery'), _negated=True), name='share_rate_never_of_delivery')],
                    },
                ),
                migrations.CreateModel(
                    name='WebhookReceipt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('gateway', models.CharField(max_length=20)),
                        ('event_id', models.CharField(max_length=120)),
                        ('kind', models.CharField(max_length=60)),
                        ('object_ref', models.CharField(max_length=120)),
                        ('received_at', models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('gateway', 'event_id'), name='webhook_once_an_event')],
                    },
                ),
                migrations.CreateModel(
                    name='BookDifference',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.organization')),
                        ('what', models.CharField(max_length=20)),
                        ('ref', models.CharField(max_length=120)),
                        ('ours_minor', models.BigIntegerField()),
                        ('theirs_minor', models.BigIntegerField()),
                        ('found_at', models.DateTimeField()),
                        ('settled_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['-found_at', 'pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('settled_at', None)), fields=('what', 'ref'), name='difference_once_while_open')],
                    },
                ),
                migrations.CreateModel(
                    name='CounterPrice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organization.organization')),
                        ('kind', models.CharField(choices=[('consultation', 'Consultation'), ('medicine', 'Medicine'), ('delivery', 'Delivery')], max_length=12)),
                        ('item', models.CharField(max_length=40, verbose_name='code')),
                        ('price_minor', models.PositiveIntegerField(verbose_name='price in minor units')),
                        ('source', models.CharField(max_length=120, verbose_name='source')),
                        ('as_of', models.DateField()),
                    ],
                    options={
                        'ordering': ['kind', 'item'],
                        'constraints': [models.UniqueConstraint(fields=('organization', 'kind', 'item'), name='counter_price_one_a_thing'), models.CheckConstraint(condition=models.Q(('kind', 'delivery'), _negated=True), name='counter_price_never_of_delivery')],
                    },
                ),
            ],
        ),
    ]
