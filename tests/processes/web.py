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

    def ask(self, method, path, fields=None):
        """One request on a connection of its own."""
        token = secrets.token_hex(16)  # what a browser would have got in a cookie when it opened the form
        headers = {"Cookie": f"csrf={token}"}
        body = None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({**fields, "csrfmiddlewaretoken": token})
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        finally:
            connection.close()
        return Answer(response.status, response.getheader("Location", ""), text, time.monotonic() - began)

    def sign(self, fields):
        return self.ask("POST", "/en/letter/sign/send/", fields)
