"""No column without a word on how long it is kept."""

from django.apps import apps
from django.db import models

from dev.environment import PROJECT
from signatories.retention import purging, rules


def columns_of(model):
    """The columns that hold something of their own: neither keys nor references to other rows."""
    own = [each for each in model._meta.concrete_fields if not each.is_relation]
    return {each.name for each in own if not isinstance(each, models.AutoField)}


def every_model():
    return [each for each in apps.get_models(include_auto_created=True) if not each._meta.proxy]


def spoken_of():
    """Model and column, once for each rule or reason."""
    found = [(each.model, name) for each in (*rules.RULES, *rules.KEPT) for name in each.columns]
    return found + [(model, name) for model, (names, _why) in rules.IMPERSONAL.items() for name in names]


def held():
    return {(model._meta.label, name) for model in every_model() for name in columns_of(model)}


def unspoken(columns):
    """Those that have neither a rule nor a reason."""
    return sorted(set(columns) - set(spoken_of()))


def test_every_column_of_every_model_has_a_rule_or_a_reason_why_it_needs_none():
    assert unspoken(held()) == []
    assert {"auth.User", "sessions.Session", "admin.LogEntry", "mfa.Authenticator"} <= {
        model for model, _name in held()
    }


def test_a_new_column_would_be_noticed_and_so_would_one_that_went():
    new = ("signatories.Contact", "telephone")

    assert unspoken(held() | {new}) == [new]
    assert sorted(set(spoken_of()) - held()) == []


def test_no_column_is_spoken_of_twice():
    said = spoken_of()

    assert [each for each in said if said.count(each) > 1] == []


def test_each_rule_and_reason_says_something():
    assert [each for each in rules.RULES if not (each.purpose and each.until and each.columns)] == []
    assert [each for each in rules.KEPT if not each.reason] == []
    assert [model for model, (_names, why) in rules.IMPERSONAL.items() if not why] == []


def test_encrypted_columns_are_personal_and_have_a_rule():
    encrypted = {
        (model._meta.label, each.name)
        for model in every_model()
        for each in model._meta.concrete_fields
        if type(each).__name__ == "EncryptedText"
    }

    ruled = {(rule.model, name) for rule in rules.RULES for name in rule.columns}
    assert len(encrypted) >= 10
    assert sorted(encrypted - ruled) == []


def test_the_purge_executes_every_rule():
    run = [step for _name, step in purging.steps()]

    assert [rule.model for rule in rules.RULES if run.count(rule.action) != 1] == []


def test_docs_privacy_holds_the_rules_as_they_are():
    assert rules.as_table() in (PROJECT / "docs/privacy.md").read_text()
