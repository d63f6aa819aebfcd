"""A tiny WSGI application, a clock that moves only when a test says so, and a reader: for tests of the page cache."""

import io

PUBLIC = ("Cache-Control", "public, max-age=0, s-maxage=2, stale-while-revalidate=3")
ANY_QUERY_IGNORED = ("No-Vary-Search", "key-order, params")
SEARCH = ("No-Vary-Search", 'key-order, params, except=("q" "after")')
HTML = ("Content-Type", "text/html; charset=utf-8")


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


class Site:
    """An application whose next answer a test decides; it remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.status, self.headers, self.body = "200 OK", [HTML, PUBLIC, ANY_QUERY_IGNORED], b"first"
        self.before_answering = lambda: None
        self.closed = 0

    def __call__(self, environ, start_response):
        self.asked.append(dict(environ))
        self.before_answering()
        length = [("Content-Length", str(len(self.body)))]
        start_response(self.status, self.headers + length)
        return Chunks(self, [self.body])

    def says(self, body, *headers, status="200 OK"):
        self.status, self.headers, self.body = status, [HTML, *headers], body


class Chunks:
    def __init__(self, site, chunks):
        self.site, self.chunks = site, chunks

    def __iter__(self):
        return iter(self.chunks)

    def close(self):
        self.site.closed += 1


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = int(status[:3]), {n.lower(): v for n, v in headers}, body
        assert len(self.headers) == len(headers), f"a header came twice: {headers}"


class Reader:
    """Asks the cache as a WSGI server would."""

    def __init__(self, cache, host="letters.example"):
        self.cache, self.host = cache, host

    def get(
        self, path="/en/letter/", query="", *, method="GET", host=None, scheme="http", peer="", **headers
    ):
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": self.host if host is None else host,
            "REMOTE_ADDR": peer,
            "wsgi.url_scheme": scheme,
            "wsgi.input": io.BytesIO(),
        } | {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        began = []
        chunks = self.cache(environ, lambda *start: began.append(start))
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, sent = began[0][:2]
        return Reply(status, sent, body)


def any_host(_host):
    return True


LONG = b"We call on the next Secretary-General. " * 100
