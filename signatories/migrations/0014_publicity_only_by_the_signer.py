"""A publication mode moves towards publicity only along a wish of the signer that was checked and whose 72 hours are over."""

from django.db import migrations

# From open to private, as in campaigns.choices.PRIVACY. An undo gives back what a merge had made more private.
GUARD = """
CREATE FUNCTION signatories_guard_mode() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    privacy constant text[] := ARRAY['public', 'addressee_only', 'withheld'];
BEGIN
    IF array_position(privacy, NEW.publication_mode::text) < array_position(privacy, OLD.publication_mode::text)
        AND current_setting('undersigned.undo', true) IS DISTINCT FROM 'on'
        AND NOT EXISTS (
            SELECT FROM signatories_modechange
            WHERE signature_id = NEW.id AND to_mode = NEW.publication_mode
                AND applied_at IS NULL AND stopped_at IS NULL
                AND checked_at IS NOT NULL AND effective_at <= now()
        )
    THEN
        RAISE EXCEPTION 'a publication mode does not go from % to % without its signer',
            OLD.publication_mode, NEW.publication_mode USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signature_mode_guarded BEFORE UPDATE OF publication_mode ON signatories_signature
    FOR EACH ROW WHEN (OLD.publication_mode IS DISTINCT FROM NEW.publication_mode)
    EXECUTE FUNCTION signatories_guard_mode();
"""

UNGUARDED = """
DROP TRIGGER signature_mode_guarded ON signatories_signature;
DROP FUNCTION signatories_guard_mode();
"""


class Migration(migrations.Migration):
    dependencies = [("signatories", "0013_the_signers_own_page_and_erasures")]

    operations = [migrations.RunSQL(GUARD, UNGUARDED)]
