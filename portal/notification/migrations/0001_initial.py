import django.db.models.deletion
import portal.beginning
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        portal.beginning.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Notification',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('kind', models.CharField(max_length=40)),
                        ('event', models.CharField(max_length=100)),
                        ('context', models.JSONField(default=dict)),
                        ('created', models.DateTimeField(auto_now_add=True)),
                        ('read_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['-created'],
                        'indexes': [models.Index(condition=models.Q(('read_at', None)), fields=['user'], name='notification_unread'), models.Index(fields=['user', '-created'], name='notification_list')],
                        'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'event'), name='notification_one_notice_an_event')],
                    },
                ),
            ],
        ),
    ]
