"""How often the verdict on two signatories is right, on pairs written by hand (pairs.csv). The names are invented."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from signatories.identity.matching import Verdict, compare

PAIRS = list(
    csv.DictReader(
        Path(__file__).with_name("pairs.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    )
)
KINDS = ("same", "section", "different", "look_alike")
TEXTS = ("name_a", "domain_a", "name_b", "domain_b")
NO_VERDICT = "no verdict"

# Question: what says yes, the kinds that should get a yes, those that should not, and the least precision and recall
# in percent, rounded down. Sections are in neither: whether they sign for themselves is not in their names.
QUESTIONS = {
    "one organisation": (lambda verdict: verdict.may_be_same, {"same"}, {"different"}, 89, 88),
    "look-alike": (lambda verdict: verdict.may_pose, {"look_alike"}, {"same", "different"}, 93, 97),
}


def verdict_on(pair):
    return compare(*(pair[text] for text in TEXTS))


def says_yes(question, pair):
    verdict = verdict_on(pair)
    return verdict is not None and QUESTIONS[question][0](verdict)


def figures(question):
    """Precision and recall in percent, rounded down, and the pairs that are wrong."""
    _yes, positive, negative, *_floors = QUESTIONS[question]
    found = [pair for pair in PAIRS if pair["kind"] in positive | negative and says_yes(question, pair)]
    right = [pair for pair in found if pair["kind"] in positive]
    missed = [pair for pair in PAIRS if pair["kind"] in positive and pair not in right]
    false = [pair for pair in found if pair not in right]
    return 100 * len(right) // len(found), 100 * len(right) // (len(right) + len(missed)), missed, false


def in_lines(pairs):
    return "\n".join(
        f"  {pair['kind']}: {pair['name_a']} <{pair['domain_a']}> / {pair['name_b']} <{pair['domain_b']}>"
        f" ({pair['note']}): {verdict_on(pair) or NO_VERDICT}"
        for pair in pairs
    )


def test_there_are_enough_pairs_of_each_kind():
    kinds = Counter(pair["kind"] for pair in PAIRS)
    assert set(kinds) == set(KINDS)
    assert sum(kinds.values()) >= 300
    assert min(kinds.values()) >= 60


def test_no_pair_stands_twice_in_either_order():
    seen = Counter(
        frozenset([(pair["name_a"], pair["domain_a"]), (pair["name_b"], pair["domain_b"])]) for pair in PAIRS
    )
    assert [sorted(pair) for pair, times in seen.items() if times > 1 or len(pair) < 2] == []


def test_every_pair_is_complete_and_its_domains_are_nobodys():
    hosts = ("gmail.com", "facebook.com", ".wordpress.com", ".example.com")
    for pair in PAIRS:
        assert all(pair[column] for column in ("kind", "name_a", "name_b", "note")), pair
        for domain in filter(None, (pair["domain_a"], pair["domain_b"])):
            assert domain.endswith((".example", *hosts)) or "-invented." in domain, domain


@pytest.mark.parametrize("question", QUESTIONS)
def test_precision_and_recall_get_no_worse(question):
    *_rest, least_precision, least_recall = QUESTIONS[question]
    precision, recall, missed, false = figures(question)
    report = f"\nfalse alarms:\n{in_lines(false)}\nmissed:\n{in_lines(missed)}"
    assert precision >= least_precision, report
    assert recall >= least_recall, report


def test_no_section_is_taken_for_another_by_its_name():
    wrong = [
        pair
        for pair in PAIRS
        if pair["kind"] == "section"
        and verdict_on(pair) not in {None, Verdict.SIMILAR_NAME, Verdict.SAME_DOMAIN}
    ]
    assert wrong == [], in_lines(wrong)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['name_a']} / {pair['name_b']}")
def test_the_order_of_the_two_does_not_count(pair):
    assert compare(pair["name_b"], pair["domain_b"], pair["name_a"], pair["domain_a"]) == verdict_on(pair)


def test_the_documentation_has_these_figures():
    page = (settings.BASE_DIR / "docs" / "matching.md").read_text(encoding="utf-8")
    for kind in KINDS:
        found = Counter(verdict_on(pair) or NO_VERDICT for pair in PAIRS if pair["kind"] == kind)
        cells = [kind, found.total(), *(found[verdict] for verdict in (*Verdict, NO_VERDICT))]
        assert f"| {' | '.join(map(str, cells))} |" in page
    for question in QUESTIONS:
        precision, recall, *_pairs = figures(question)
        assert f"| {question} | 0.{precision:02} | 0.{recall:02} |" in page
