"""A browser without looks: sends the sign form to a running web process and says what came back."""

import http.client
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass
class Answer:
    status: int
    location: str
    body: str
    seconds: float


class Web:
    def __init__(self, port):
        self.port = port

    def ask(self, method, path, fields=None, headers=()):
        """One request on a connection of its own; `headers` are more of them, one name as often as wanted."""
        token = secrets.token_hex(16)  # what a browser would have got in a cookie when it opened the form
        sent = [("Cookie", f"csrf={token}"), *headers]
        body = b""
        if fields is not None:
            body = urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
            sent += [
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Content-Length", str(len(body))),
            ]
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path)
            for name, value in sent:
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        finally:
            connection.close()
        return Answer(response.status, response.getheader("Location", ""), text, time.monotonic() - began)

    def sign(self, fields, headers=()):
        return self.ask("POST", "/en/letter/sign/send/", fields, headers)
