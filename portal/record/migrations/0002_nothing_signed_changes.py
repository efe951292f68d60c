"""The database itself refuses to change what was signed, answered or agreed to (R43, R56, R57, R164)."""

from django.db import migrations

FROZEN = ("record_signedprescription", "record_alertoverride")
LINE = (
    "medication_id", "dose", "dose_unit", "frequency_id", "days", "quantity", "days_reason",
    "instruction", "course_of_therapy", "number_of_repeats_allowed", "prior_prescription_id",
    "continues", "position", "prescription_id", "patient_id", "is_substitution_allowed",
)
FORM = (
    "organization_id", "group_identifier", "patient_id", "practitioner_id", "encounter_id",
    "diagnosis", "signed_at", "confirmed_as_of", "guardian_name", "long_assessment",
)
TEXT = ("kind", "version", "language", "title", "body", "valid_from")
GIVEN = ("organization_id", "patient_id", "text_id", "digest", "given_at")
ALLERGY = (
    "organization_id", "patient_id", "is_none_known", "substance", "kind", "reaction", "severity",
    "certainty", "recorded", "recorder_id",
)
KEY = ("organization_id", "practitioner_id", "public_key", "wrapped_key", "valid_from")


def changed(columns, unequal):
    return " OR ".join(f"NEW.{name} {unequal} OLD.{name}" for name in columns)


def draft(row):
    """Whether the prescription of a line is still a draft."""
    return (
        "EXISTS (SELECT 1 FROM record_prescription"
        f" WHERE id = {row}.prescription_id AND status = 'draft')"
    )


def rules(unequal):
    """(table, event, condition under which the database refuses)."""
    for table in FROZEN:
        yield table, "UPDATE", "1 = 1"
        yield table, "DELETE", "1 = 1"
    yield "record_medicationrequest", "INSERT", f"NOT {draft('NEW')}"
    yield "record_medicationrequest", "DELETE", f"NOT {draft('OLD')}"
    yield (
        "record_medicationrequest", "UPDATE",
        f"({changed(LINE, unequal)}) AND NOT {draft('OLD')}",
    )
    yield (
        "record_prescription", "UPDATE",
        f"({changed(FORM, unequal)}) AND OLD.status <> 'draft'",
    )
    yield "record_prescription", "DELETE", "OLD.signed_at IS NOT NULL"
    yield "record_consenttext", "UPDATE", changed(TEXT, unequal)
    yield "record_consent", "UPDATE", f"{changed(GIVEN, unequal)} OR OLD.withdrawn_at IS NOT NULL"
    yield "record_consent", "DELETE", "1 = 1"
    yield (
        "record_allergyintolerance", "UPDATE",
        f"{changed(ALLERGY, unequal)} OR OLD.superseded_at IS NOT NULL",
    )
    yield "record_allergyintolerance", "DELETE", "1 = 1"
    yield (
        "record_signingcertificate", "UPDATE",
        f"{changed(KEY, unequal)} OR OLD.revoked_at IS NOT NULL",
    )
    yield "record_signingcertificate", "DELETE", "1 = 1"


def install(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for number, (table, event, condition) in enumerate(rules("IS NOT")):
            schema_editor.execute(
                f"CREATE TRIGGER stands_{number}_{table} BEFORE {event} ON {table} "
                f"WHEN {condition} BEGIN SELECT RAISE(ABORT, 'this stands as it was'); END"
            )
    elif vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION record_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'this stands as it was' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for number, (table, event, condition) in enumerate(rules("IS DISTINCT FROM")):
            when = refusing_function(schema_editor, number, condition, event)
            schema_editor.execute(
                f"CREATE TRIGGER stands_{number}_{table} BEFORE {event} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {when}()"
            )
        for table in FROZEN:
            schema_editor.execute(
                f"CREATE TRIGGER stands_whole_{table} BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION record_stands()"
            )


def refusing_function(schema_editor, number, condition, event):
    """A trigger's WHEN cannot look into another table, so the condition is asked inside."""
    name = f"record_stands_{number}"
    answer = "OLD" if event == "DELETE" else "NEW"
    schema_editor.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION 'this stands as it was' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {answer}; END $$"
    )
    return name


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
