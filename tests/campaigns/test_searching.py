"""What a search goes through and looks for."""

import pytest

from campaigns.searching import KEY_LENGTH, search_key, search_pieces


def found(text, *names):
    key = search_key(names)
    pieces = search_pieces(text)
    return bool(pieces) and all(piece in key for piece in pieces)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("example", "The Example Trust"),
        ("EXAM tru", "The Example Trust"),
        ("trust example", "The Example Trust"),
        ("ligue", "Ligue d’exemple"),
        ("dexemple", "Ligue d’exemple"),
        ("etoile", "Étoile"),
        ("ÉTOILE", "Etoile"),
        ("aclx", "A.C.L.X."),
        ("a.c.l.x", "ACLX"),
        ("co op", "Co-op Exemplar"),
        ("人权", "中国人权样本"),
        ("لجنة", "لجنة المثال"),
        ("пример", "Общество «Пример»"),
        ("primer", "Общество «Пример»"),
        ("2030", "Agenda 2030 Example"),
    ],
)
def test_a_name_is_found_by_the_beginnings_of_its_words_in_any_script(text, name):
    assert found(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [("art", "Party of Examples"), ("example", "Exemplar"), ("!!!", "Example"), ("", "Example")],
)
def test_other_names_are_not_found(text, name):
    assert not found(text, name)


def test_every_name_of_an_organisation_is_searched_and_each_stands_once():
    assert search_key(["Example", "Пример", "", "EXAMPLE"]) == " example primer"


def test_direction_marks_are_not_read():
    assert search_key(["\u202eExample\u200f"]) == " example"


def test_keys_and_pieces_have_an_end():
    assert len(search_key(["word " * 400])) == KEY_LENGTH
    assert len(search_pieces("a b c d e f g h i j k")) == 8
    assert max(map(len, search_pieces("x" * 500))) == 60


def test_what_is_typed_is_no_pattern():
    assert search_pieces("%_\\") == ()
    assert search_pieces("50%") == (" 50",)
