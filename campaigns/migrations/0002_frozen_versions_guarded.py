"""A frozen letter version can't change: held by the database, whatever writes to it."""

from django.db import migrations

GUARD_VERSION = """
CREATE FUNCTION campaigns_guard_frozen_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'letter version % is frozen', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.campaign_id, NEW.number, NEW.frozen_at, NEW.sha256)
        IS DISTINCT FROM (OLD.campaign_id, OLD.number, OLD.frozen_at, OLD.sha256) THEN
        RAISE EXCEPTION 'letter version % is frozen', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER campaigns_guard_frozen_version BEFORE UPDATE OR DELETE ON campaigns_letterversion
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_frozen_version();
"""

# Courtesy translations may join a frozen version and any text may become outdated; words never change.
GUARD_TEXT = """
CREATE FUNCTION campaigns_guard_frozen_text() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    frozen boolean;
BEGIN
    SELECT bool_or(frozen_at IS NOT NULL) INTO frozen FROM campaigns_letterversion
        WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END,
                     CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END);
    IF frozen IS TRUE THEN
        IF TG_OP = 'INSERT' THEN
            IF NEW.status NOT IN ('courtesy', 'outdated') THEN
                RAISE EXCEPTION 'the letter version is frozen' USING ERRCODE = 'restrict_violation';
            END IF;
        ELSIF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'the letter version is frozen' USING ERRCODE = 'restrict_violation';
        ELSIF (NEW.version_id, NEW.language, NEW.title, NEW.body)
            IS DISTINCT FROM (OLD.version_id, OLD.language, OLD.title, OLD.body)
            OR (NEW.status <> OLD.status AND NEW.status <> 'outdated') THEN
            RAISE EXCEPTION 'the letter version is frozen' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER campaigns_guard_frozen_text BEFORE INSERT OR UPDATE OR DELETE ON campaigns_lettertext
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_frozen_text();
"""

# The asks are part of what was signed: once a version of the campaign is frozen, their words stay. A new
# translation may be added; the status of an ask is news about it and stays free.
GUARD_ASK = """
CREATE FUNCTION campaigns_guard_frozen_ask() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    campaign bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status' THEN
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'campaigns_ask' THEN
        campaign := CASE TG_OP WHEN 'INSERT' THEN NEW.campaign_id ELSE OLD.campaign_id END;
    ELSE
        SELECT campaign_id INTO campaign FROM campaigns_ask WHERE id = OLD.ask_id;
    END IF;
    IF EXISTS (SELECT 1 FROM campaigns_letterversion WHERE campaign_id = campaign AND frozen_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the asks of a frozen letter stay' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER campaigns_guard_frozen_ask BEFORE INSERT OR UPDATE OR DELETE ON campaigns_ask
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_frozen_ask();
CREATE TRIGGER campaigns_guard_frozen_ask_text BEFORE DELETE OR UPDATE ON campaigns_asktext
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_frozen_ask();
"""

DROP = """
DROP TRIGGER campaigns_guard_frozen_ask_text ON campaigns_asktext;
DROP TRIGGER campaigns_guard_frozen_ask ON campaigns_ask;
DROP FUNCTION campaigns_guard_frozen_ask();
DROP TRIGGER campaigns_guard_frozen_text ON campaigns_lettertext;
DROP FUNCTION campaigns_guard_frozen_text();
DROP TRIGGER campaigns_guard_frozen_version ON campaigns_letterversion;
DROP FUNCTION campaigns_guard_frozen_version();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_campaigns_letters_and_roles")]

    operations = [migrations.RunSQL(GUARD_VERSION + GUARD_TEXT + GUARD_ASK, DROP)]
