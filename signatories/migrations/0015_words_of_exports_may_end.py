"""What staff typed when they took a file out goes after a year; that they took it out, stays."""

from django.db import migrations

WORDS_END = """
CREATE FUNCTION signatories_export_keeps_its_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reason = '' AND NEW.filters = ''
        AND to_jsonb(NEW) - ARRAY['reason', 'filters'] = to_jsonb(OLD) - ARRAY['reason', 'filters'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER signatories_export_append_only ON signatories_exportlog;
CREATE TRIGGER signatories_export_append_only BEFORE DELETE ON signatories_exportlog
    FOR EACH ROW EXECUTE FUNCTION signatories_append_only();
CREATE TRIGGER signatories_export_keeps_its_facts BEFORE UPDATE ON signatories_exportlog
    FOR EACH ROW EXECUTE FUNCTION signatories_export_keeps_its_facts();
"""
BACK = """
DROP TRIGGER signatories_export_keeps_its_facts ON signatories_exportlog;
DROP TRIGGER signatories_export_append_only ON signatories_exportlog;
DROP FUNCTION signatories_export_keeps_its_facts();
CREATE TRIGGER signatories_export_append_only BEFORE UPDATE OR DELETE ON signatories_exportlog
    FOR EACH ROW EXECUTE FUNCTION signatories_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("signatories", "0014_publicity_only_by_the_signer")]

    operations = [migrations.RunSQL(WORDS_END, BACK)]
