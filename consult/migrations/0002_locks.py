"""What the database itself refuses: two times at once for one doctor, and a changed signed note.

PostgreSQL keeps the slots apart with an exclusion constraint, SQLite with triggers. A later
migration that alters `Slot` or `ConsultationRecord` makes SQLite rebuild the table and lose its
triggers: such a migration runs `lock` again. On SQLite rows may still be deleted, because that
is how a test database is emptied there.
"""

from django.db import migrations

POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """
    ALTER TABLE consult_slot ADD CONSTRAINT slot_never_overlaps EXCLUDE USING gist
      (practitioner_id WITH =, tstzrange(start, "end") WITH &&)
      WHERE (status <> 'busy-unavailable')
    """,
    """
    CREATE FUNCTION consult_note_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.verdict <> '' AND (NEW.verdict, NEW.verdict_at, NEW.verdict_by_id)
         IS DISTINCT FROM (OLD.verdict, OLD.verdict_at, OLD.verdict_by_id) THEN
        RAISE EXCEPTION 'verdict_stands' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF OLD.status = 'final' AND (NEW.status, NEW.complaint, NEW.history, NEW.assessment,
         NEW.advice, NEW.next_review, NEW.signature, NEW.signed_at, NEW.signed_bytes)
         IS DISTINCT FROM (OLD.status, OLD.complaint, OLD.history, OLD.assessment,
         OLD.advice, OLD.next_review, OLD.signature, OLD.signed_at, OLD.signed_bytes) THEN
        RAISE EXCEPTION 'signed_note_stands' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER note_stands BEFORE UPDATE ON consult_consultationrecord
      FOR EACH ROW EXECUTE FUNCTION consult_note_stands()
    """,
    """
    CREATE FUNCTION consult_line_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'line_stands' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER step_stands BEFORE UPDATE OR DELETE ON consult_encounterstatus
      FOR EACH ROW EXECUTE FUNCTION consult_line_stands()
    """,
    """
    CREATE TRIGGER addendum_stands BEFORE UPDATE OR DELETE ON consult_addendum
      FOR EACH ROW EXECUTE FUNCTION consult_line_stands()
    """,
]

OVERLAP = """
    CREATE TRIGGER slot_never_overlaps_{event} BEFORE {event} ON consult_slot
    WHEN NEW.status <> 'busy-unavailable' AND EXISTS (
      SELECT 1 FROM consult_slot WHERE practitioner_id = NEW.practitioner_id AND id <> NEW.id
        AND status <> 'busy-unavailable' AND start < NEW."end" AND "end" > NEW.start)
    BEGIN SELECT RAISE(ABORT, 'slot_never_overlaps'); END
"""
STANDS = """
    CREATE TRIGGER {name}_{event} BEFORE {event} ON {table}
    BEGIN SELECT RAISE(ABORT, '{name}'); END
"""
SQLITE = [
    OVERLAP.format(event="INSERT"),
    OVERLAP.format(event="UPDATE"),
    """
    CREATE TRIGGER verdict_stands BEFORE UPDATE ON consult_consultationrecord
    WHEN OLD.verdict <> '' AND (NEW.verdict IS NOT OLD.verdict
      OR NEW.verdict_at IS NOT OLD.verdict_at OR NEW.verdict_by_id IS NOT OLD.verdict_by_id)
    BEGIN SELECT RAISE(ABORT, 'verdict_stands'); END
    """,
    """
    CREATE TRIGGER signed_note_stands BEFORE UPDATE ON consult_consultationrecord
    WHEN OLD.status = 'final' AND (NEW.status IS NOT OLD.status
      OR NEW.complaint IS NOT OLD.complaint OR NEW.history IS NOT OLD.history
      OR NEW.assessment IS NOT OLD.assessment OR NEW.advice IS NOT OLD.advice
      OR NEW.next_review IS NOT OLD.next_review OR NEW.signature IS NOT OLD.signature
      OR NEW.signed_at IS NOT OLD.signed_at OR NEW.signed_bytes IS NOT OLD.signed_bytes)
    BEGIN SELECT RAISE(ABORT, 'signed_note_stands'); END
    """,
    STANDS.format(name="step_stands", event="UPDATE", table="consult_encounterstatus"),
    STANDS.format(name="addendum_stands", event="UPDATE", table="consult_addendum"),
]
NAMES = [
    "slot_never_overlaps_INSERT", "slot_never_overlaps_UPDATE", "verdict_stands",
    "signed_note_stands", "step_stands_UPDATE", "addendum_stands_UPDATE",
]  # fmt: skip


def lock(apps, schema_editor):
    statements = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


def unlock(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE consult_slot DROP CONSTRAINT slot_never_overlaps")
        schema_editor.execute("DROP FUNCTION consult_note_stands() CASCADE")
        schema_editor.execute("DROP FUNCTION consult_line_stands() CASCADE")
        return
    for name in NAMES:
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("consult", "0001_initial")]
    operations = [migrations.RunPython(lock, unlock)]
