"""The database itself refuses to change or remove a line of the journal, or to turn its head back."""

from django.db import migrations

SQLITE = [
    """
    CREATE TRIGGER journal_line_never_changes BEFORE UPDATE ON audit_auditevent
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER journal_line_never_goes BEFORE DELETE ON audit_auditevent
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER journal_head_only_forward BEFORE UPDATE ON audit_journalhead
    WHEN NEW.sequence <> OLD.sequence + 1 OR NEW.organization_id <> OLD.organization_id
    BEGIN SELECT RAISE(ABORT, 'the journal only goes forward'); END
    """,
    """
    CREATE TRIGGER journal_head_never_goes BEFORE DELETE ON audit_journalhead
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
]
POSTGRESQL = [
    """
    CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE FUNCTION audit_only_forward() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.sequence <> OLD.sequence + 1 OR NEW.organization_id <> OLD.organization_id THEN
        RAISE EXCEPTION 'the journal only goes forward'
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER journal_line_stands BEFORE UPDATE OR DELETE ON audit_auditevent
      FOR EACH ROW EXECUTE FUNCTION audit_append_only()
    """,
    """
    CREATE TRIGGER journal_lines_stand BEFORE TRUNCATE ON audit_auditevent
      FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()
    """,
    """
    CREATE TRIGGER journal_head_only_forward BEFORE UPDATE ON audit_journalhead
      FOR EACH ROW EXECUTE FUNCTION audit_only_forward()
    """,
    """
    CREATE TRIGGER journal_head_never_goes BEFORE DELETE ON audit_journalhead
      FOR EACH ROW EXECUTE FUNCTION audit_append_only()
    """,
    """
    CREATE TRIGGER journal_heads_stand BEFORE TRUNCATE ON audit_journalhead
      FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()
    """,
]
NAMES = [
    "journal_line_never_changes", "journal_line_never_goes", "journal_head_only_forward",
    "journal_head_never_goes",
]  # fmt: skip


def lock(apps, schema_editor):
    statements = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


def unlock(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION audit_append_only() CASCADE")
        schema_editor.execute("DROP FUNCTION audit_only_forward() CASCADE")
        return
    for name in NAMES:
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(lock, unlock)]
