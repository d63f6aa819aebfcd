"""A public page can't depend on its reader, and says so in its headers."""

import pytest
from django.conf import settings

from config.publicpages import CookieOnPublicPage

pytestmark = pytest.mark.urls("tests.config.small_urls")
COOKIES = f"{settings.SESSION_COOKIE_NAME}=abcdefghijkl; {settings.CSRF_COOKIE_NAME}=damaged; messages=x"


def test_a_public_page_carries_no_cookie_and_may_be_kept(client):
    response = client.get("/en/page/", headers={"accept-language": "fr"})

    assert response.content == b"en {} {} AnonymousUser /en/page/"
    assert response["Cache-Control"] == "public, max-age=0, s-maxage=1, stale-while-revalidate=1"
    assert response["No-Vary-Search"] == 'key-order, params, except=("q")'
    assert response["ETag"].startswith('W/"')
    assert not response.cookies
    assert "Vary" not in response


def test_a_reader_with_cookies_gets_the_same_bytes(client):
    plain = client.get("/en/page/")
    with_cookies = client.get("/en/page/", headers={"cookie": COOKIES})

    assert with_cookies.content == plain.content
    assert dict(with_cookies.headers) == dict(plain.headers)
    assert not with_cookies.cookies


def test_only_declared_parameters_arrive(client):
    assert (
        client.get("/en/page/?x=1&q=peace&token=2").content
        == b"en {'q': 'peace'} {} AnonymousUser /en/page/?q=peace"
    )


def test_a_very_long_declared_parameter_still_arrives(client):
    assert b"a" * 600 in client.get("/en/page/?q=" + "a" * 600).content


def test_the_language_is_that_of_the_path_and_else_the_default(client):
    headers = {"accept-language": "fr", "cookie": "django_language=fr"}
    for path, language in (("/fr/page/", b"fr "), ("/en/page/", b"en "), ("/page/", b"en ")):
        response = client.get(path, headers=headers)
        assert response.content.startswith(language)
        assert response["Content-Language"] == language.decode().strip()
        assert "Vary" not in response


def test_a_view_may_make_its_own_tag_from_the_facts(client):
    first = client.get("/count.json")
    assert first["ETag"] == 'W/"80"'

    second = client.get("/count.json", headers={"if-none-match": 'W/"80"'})

    assert (second.status_code, second.content) == (304, b"")
    assert second["No-Vary-Search"] == "key-order, params"
    assert second["Cache-Control"] == first["Cache-Control"]


def test_a_tag_made_from_the_body_stays_while_the_body_does(client):
    tag = client.get("/en/page/")["ETag"]
    assert client.get("/en/page/", headers={"if-none-match": tag}).status_code == 304
    assert client.get("/en/page/?q=other", headers={"if-none-match": tag}).status_code == 200


def test_a_redirect_is_public_and_other_answers_are_not(client):
    moved = client.get("/en/moved/")
    assert moved["Cache-Control"] == "public, max-age=5, s-maxage=30, stale-while-revalidate=10"
    assert client.get("/en/forbidden/")["Cache-Control"] == "private, no-cache"


def test_that_a_page_is_not_there_is_nobody_s_secret_and_old_at_once(client):
    missing = client.get("/en/missing/")
    assert (missing.status_code, "Page not found" in missing.text) == (404, True)
    assert (missing["Cache-Control"], missing["Expires"]) == ("must-revalidate", "0")


def test_a_view_keeps_one_answer_out_of_all_caches(client):
    response = client.get("/en/embargoed/")
    assert response["Cache-Control"] == "private, no-store"
    assert "No-Vary-Search" not in response


def test_a_public_page_is_only_read(client):
    assert client.post("/en/page/").status_code == 405
    assert client.head("/en/page/").status_code == 200


@pytest.mark.parametrize("path", ["/en/with-form/", "/en/with-cookie/", "/en/with-session/"])
def test_a_page_that_breaks_the_rule_fails_loudly(client, path):
    with pytest.raises(CookieOnPublicPage):
        client.get(path)


@pytest.mark.django_db
def test_messages_wait_for_a_page_of_the_readers_own(client):
    client.get("/en/leave-message/")

    public_page = client.get("/en/with-template/")

    assert public_page.content == b"False"
    assert not public_page.cookies
    assert client.get("/en/read-messages/").content == b"for me alone"


@pytest.mark.django_db
def test_a_logged_in_reader_sees_what_everybody_sees(admin_client):
    response = admin_client.get("/en/with-template/")
    assert response.content == b"False"
    assert not response.cookies


def test_a_page_that_only_calls_itself_public_is_kept_out_of_every_cache(client, caplog):
    response = client.get("/en/false-public/")
    assert response["Cache-Control"] == "private, no-store"
    assert "depends on a cookie" in caplog.text
