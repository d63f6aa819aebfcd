"""Many readers at once: one renders, nobody waits without need, and the books stay right."""

import threading

from config.pagecache import PageCache
from tests.config.small_site import HTML, PUBLIC, SEARCH, Reader, any_host


class Turnstile:
    """Holds the application inside a render until the test lets it go on."""

    def __init__(self, site):
        self.entered, self.open = threading.Event(), threading.Event()
        site.before_answering = self

    def __call__(self):
        self.entered.set()
        assert self.open.wait(10)


def in_threads(count, work):
    results = [None] * count

    def run(number):
        results[number] = work()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    return threads, results


def finish(threads):
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_one_reader_renders_while_the_others_get_the_stale_page(reader, site, clock):
    reader.get()
    site.body = b"second"
    clock.now += 3
    turnstile = Turnstile(site)
    threads, first = in_threads(1, reader.get)
    assert turnstile.entered.wait(10)

    meanwhile = [reader.get().body for _ in range(20)]
    turnstile.open.set()
    finish(threads)

    assert meanwhile == [b"first"] * 20
    assert first[0].body == b"second"
    assert reader.get().body == b"second"
    assert len(site.asked) == 2


def test_readers_of_a_page_that_is_too_old_wait_for_one_render(reader, site, clock):
    reader.get()
    site.body = b"second"
    clock.now += 3600
    turnstile = Turnstile(site)
    threads, replies = in_threads(8, reader.get)
    assert turnstile.entered.wait(10)
    turnstile.open.set()
    finish(threads)

    assert [reply.body for reply in replies] == [b"second"] * 8
    assert len(site.asked) == 2


def test_when_the_one_render_fails_the_others_ask_for_themselves(reader, cache, site, clock):
    reader.get()
    clock.now += 3600
    site.says(b"broken", status="500 Internal Server Error")
    turnstile = Turnstile(site)
    threads, replies = in_threads(4, reader.get)
    assert turnstile.entered.wait(10)
    turnstile.open.set()
    finish(threads)

    assert [reply.status for reply in replies] == [500] * 4
    assert cache.renders == {}


def test_a_render_of_one_page_does_not_hold_up_another(reader, site, clock):
    reader.get("/en/one/")
    reader.get("/en/two/")
    clock.now += 1
    reader.get("/en/two/")
    clock.now += 1
    turnstile = Turnstile(site)
    threads, _ = in_threads(1, lambda: reader.get("/en/one/"))
    assert turnstile.entered.wait(10)

    site.before_answering = lambda: None
    assert reader.get("/en/two/").body == b"first"
    turnstile.open.set()
    finish(threads)


def test_uncacheable_answers_to_several_readers_do_not_wait_for_each_other(reader, site):
    site.says(b"mine", ("Cache-Control", "private"))
    turnstile = Turnstile(site)
    threads, _ = in_threads(1, reader.get)
    assert turnstile.entered.wait(10)

    site.before_answering = lambda: None
    assert reader.get().body == b"mine"
    turnstile.open.set()
    finish(threads)


def test_many_threads_over_many_pages_get_their_own_page_and_the_books_stay_right(clock):
    def echo(environ, start_response):
        body = (environ["PATH_INFO"] + "?" + environ["QUERY_STRING"]).encode()
        start_response("200 OK", [HTML, PUBLIC, SEARCH, ("Content-Length", str(len(body)))])
        return [body]

    cache = PageCache(echo, host_is_valid=any_host, clock=clock, max_entries=20)
    reader = Reader(cache)

    def work():
        wrong = 0
        for number in range(400):
            path, query = f"/en/{number % 7}/", f"q={number % 5}"
            wrong += reader.get(path, query).body != f"{path}?{query}".encode()
            if number % 50 == 0:
                clock.now += 1.5
        return wrong

    threads, wrongs = in_threads(8, work)
    finish(threads)

    assert wrongs == [0] * 8
    assert cache.renders == {}
    assert cache.size == sum(entry.size for entry in cache.entries.values())
