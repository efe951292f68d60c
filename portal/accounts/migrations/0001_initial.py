import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import portal.beginning
import portal.secrecy
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('organization', '0001_initial'),
    ]

    operations = [
        portal.beginning.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Tally',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('action', models.CharField(max_length=40)),
                        ('key', models.CharField(max_length=64)),
                        ('times', models.JSONField(default=list)),
                        ('latest', models.DateTimeField()),
                    ],
                    options={
                        'indexes': [models.Index(fields=['latest'], name='accounts_tally_latest')],
                        'constraints': [models.UniqueConstraint(fields=('action', 'key'), name='accounts_one_tally_a_key')],
                    },
                ),
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                        ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                        ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                        ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                        ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                        ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='organization.organization')),
                        ('role', models.CharField(choices=[('resident', 'resident'), ('doctor', 'family doctor'), ('pharmacist', 'pharmacist'), ('courier', 'courier'), ('manager', 'centre manager'), ('registrar', 'registrar')], default='resident', max_length=12)),
                        ('full_name', models.CharField(blank=True, max_length=100)),
                        ('phone', portal.secrecy.EncryptedTextField(blank=True)),
                        ('phone_index', models.CharField(blank=True, db_index=True, max_length=64)),
                        ('phone_verified', models.BooleanField(default=False)),
                        ('phone_proved_at', models.DateTimeField(blank=True, null=True)),
                        ('language', models.CharField(blank=True, max_length=10)),
                        ('text_size', models.CharField(blank=True, max_length=6)),
                        ('read_aloud', models.CharField(blank=True, max_length=3)),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('phone_verified', True), ('role', 'resident'), models.Q(('phone_index', ''), _negated=True)), fields=('phone_index',), name='accounts_one_resident_a_number')],
                    },
                    managers=[
                        ('objects', django.contrib.auth.models.UserManager()),
                    ],
                ),
            ],
        ),
    ]
