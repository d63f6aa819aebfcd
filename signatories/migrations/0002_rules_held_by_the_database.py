"""Rules that no code path may forget: the trail only grows, states follow the table, list keys follow the register."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION signatories_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER signatories_event_append_only BEFORE UPDATE OR DELETE ON signatories_signatureevent
    FOR EACH ROW EXECUTE FUNCTION signatories_append_only();
CREATE TRIGGER signatories_export_append_only BEFORE UPDATE OR DELETE ON signatories_exportlog
    FOR EACH ROW EXECUTE FUNCTION signatories_append_only();
"""

# The same table as signatories.states.LEADS_TO.
STATE_GUARD = """
CREATE FUNCTION signatories_guard_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('submitted', 'confirmed'), ('submitted', 'expired'), ('submitted', 'rejected'),
        ('confirmed', 'accepted'), ('confirmed', 'on_hold'), ('confirmed', 'rejected'),
        ('confirmed', 'merged'), ('confirmed', 'withdrawn'),
        ('on_hold', 'confirmed'), ('on_hold', 'accepted'), ('on_hold', 'rejected'),
        ('on_hold', 'merged'), ('on_hold', 'withdrawn'),
        ('accepted', 'on_hold'), ('accepted', 'withdrawn'), ('accepted', 'revoked'), ('accepted', 'merged'),
        ('rejected', 'confirmed'),
        ('revoked', 'confirmed')
    ) THEN
        RAISE EXCEPTION 'a signature does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signatories_guard_state BEFORE UPDATE OF state ON signatories_signature
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION signatories_guard_state();
"""

LIST_KEYS = """
CREATE FUNCTION signatories_copy_list_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT sort_key, country_code INTO NEW.sort_key, NEW.country_code
        FROM signatories_organisation WHERE id = NEW.organisation_id;
    RETURN NEW;
END $$;
CREATE TRIGGER signatories_copy_list_keys
    BEFORE INSERT OR UPDATE OF organisation_id, sort_key, country_code ON signatories_signature
    FOR EACH ROW EXECUTE FUNCTION signatories_copy_list_keys();

CREATE FUNCTION signatories_spread_list_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE signatories_signature SET sort_key = NEW.sort_key, country_code = NEW.country_code
        WHERE organisation_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER signatories_spread_list_keys AFTER UPDATE OF sort_key, country_code ON signatories_organisation
    FOR EACH ROW WHEN ((OLD.sort_key, OLD.country_code) IS DISTINCT FROM (NEW.sort_key, NEW.country_code))
    EXECUTE FUNCTION signatories_spread_list_keys();
"""

DROP = """
DROP TRIGGER signatories_spread_list_keys ON signatories_organisation;
DROP FUNCTION signatories_spread_list_keys();
DROP TRIGGER signatories_copy_list_keys ON signatories_signature;
DROP FUNCTION signatories_copy_list_keys();
DROP TRIGGER signatories_guard_state ON signatories_signature;
DROP FUNCTION signatories_guard_state();
DROP TRIGGER signatories_export_append_only ON signatories_exportlog;
DROP TRIGGER signatories_event_append_only ON signatories_signatureevent;
DROP FUNCTION signatories_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("signatories", "0001_organisations_signatures_and_mail")]

    operations = [migrations.RunSQL(APPEND_ONLY + STATE_GUARD + LIST_KEYS, DROP)]
