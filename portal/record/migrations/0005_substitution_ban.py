"""A doctor may forbid another product at the counter; what was signed about it stands (R164)."""

from django.db import migrations, models

SIGNED = (
    "NOT EXISTS (SELECT 1 FROM record_prescription"
    " WHERE id = OLD.prescription_id AND status = 'draft')"
)
COLUMN = "is_substitution_allowed"
NAME = "stands_substitution_record_medicationrequest"


def install(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON record_medicationrequest "
            f"WHEN NEW.{COLUMN} IS NOT OLD.{COLUMN} AND {SIGNED} "
            "BEGIN SELECT RAISE(ABORT, 'this stands as it was'); END"
        )
    elif vendor == "postgresql":
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NEW.{COLUMN} IS DISTINCT FROM OLD.{COLUMN} AND {SIGNED} THEN "
            "RAISE EXCEPTION 'this stands as it was' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON record_medicationrequest "
            f"FOR EACH ROW EXECUTE FUNCTION {NAME}()"
        )


class Migration(migrations.Migration):
    dependencies = [("record", "0004_alert_fired")]

    operations = [
        # Without a default: the database adds the column and keeps its rules on the table.
        migrations.AddField(
            "medicationrequest",
            "is_substitution_allowed",
            models.BooleanField(blank=True, null=True),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
