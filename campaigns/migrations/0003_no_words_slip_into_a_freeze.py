"""Words that are written at the very moment of a freeze don't slip past it, and none join a frozen letter by a side door.

Whoever changes a text shares the lock of its version, whoever changes an ask that of its campaign; `versions.freeze` wants
both for itself. So one of the two waits, and then sees what the other one did.
"""

from importlib import import_module

from django.db import migrations

GUARD_TEXT = """
CREATE OR REPLACE FUNCTION campaigns_guard_frozen_text() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END,
                              CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END];
BEGIN
    PERFORM 1 FROM campaigns_letterversion WHERE id = ANY (touched) ORDER BY id FOR SHARE;
    IF EXISTS (SELECT 1 FROM campaigns_letterversion WHERE id = ANY (touched) AND frozen_at IS NOT NULL) THEN
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
"""

# A translation may join the ask of a frozen letter, but not in a language that was signed: there it would be a new demand.
GUARD_ASK = """
CREATE OR REPLACE FUNCTION campaigns_guard_frozen_ask() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status' THEN
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'campaigns_ask' THEN
        touched := ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.campaign_id END,
                         CASE WHEN TG_OP <> 'DELETE' THEN NEW.campaign_id END];
    ELSE
        touched := ARRAY(SELECT campaign_id FROM campaigns_ask
                         WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.ask_id END,
                                      CASE WHEN TG_OP <> 'DELETE' THEN NEW.ask_id END));
    END IF;
    PERFORM 1 FROM campaigns_campaign WHERE id = ANY (touched) ORDER BY id FOR SHARE;
    IF TG_TABLE_NAME = 'campaigns_asktext' AND TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT 1 FROM campaigns_lettertext AS text
                   JOIN campaigns_letterversion AS version ON version.id = text.version_id
                   WHERE version.campaign_id = ANY (touched) AND version.frozen_at IS NOT NULL
                     AND text.language = NEW.language AND text.status IN ('authoritative', 'official')) THEN
            RAISE EXCEPTION 'the asks of a frozen letter stay' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF EXISTS (SELECT 1 FROM campaigns_letterversion
                  WHERE campaign_id = ANY (touched) AND frozen_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the asks of a frozen letter stay' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
DROP TRIGGER campaigns_guard_frozen_ask_text ON campaigns_asktext;
CREATE TRIGGER campaigns_guard_frozen_ask_text BEFORE INSERT OR DELETE OR UPDATE ON campaigns_asktext
    FOR EACH ROW EXECUTE FUNCTION campaigns_guard_frozen_ask();
"""

before = import_module("campaigns.migrations.0002_frozen_versions_guarded")


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_frozen_versions_guarded")]

    operations = [
        migrations.RunSQL(
            GUARD_TEXT + GUARD_ASK,
            before.DROP + before.GUARD_VERSION + before.GUARD_TEXT + before.GUARD_ASK,
        )
    ]
