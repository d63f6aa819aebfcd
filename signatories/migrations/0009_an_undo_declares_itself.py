"""A merge and a rejection by condition can be taken back: the trigger lets their ways pass while an undo is declared."""

from django.db import migrations

# The same tables as signatories.states.LEADS_TO and UNDONE_TO.
WITH_UNDO = """
CREATE OR REPLACE FUNCTION signatories_guard_state() RETURNS trigger LANGUAGE plpgsql AS $$
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
    ) AND NOT (
        current_setting('undersigned.undo', true) IS NOT DISTINCT FROM 'on' AND (OLD.state, NEW.state) IN (
            ('merged', 'confirmed'), ('merged', 'on_hold'), ('merged', 'accepted'),
            ('rejected', 'submitted'), ('rejected', 'on_hold')
        )
    ) THEN
        RAISE EXCEPTION 'a signature does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

WITHOUT = """
CREATE OR REPLACE FUNCTION signatories_guard_state() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("signatories", "0008_questions_referrals_merges_disputes_sweeps")]

    operations = [migrations.RunSQL(WITH_UNDO, WITHOUT)]
