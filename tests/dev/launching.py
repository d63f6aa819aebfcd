"""One launch of the product, as a test drives it."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys

import psutil

from dev.environment import PROJECT

LINES = r"Site: http://127\.0\.0\.1:{port}/\nAdmin: http://127\.0\.0\.1:{port}/admin/  log-in: demo / (\S+)\nMail: http://127\.0\.0\.1:{port}/dev/mail/\n"


class Launch:
    """One `python -m dev.run` with its own port and folder."""

    def __init__(self, folder, port, **changes):
        self.folder, self.port = folder, port
        # A newcomer's environment: nothing that this suite set for itself.
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dev.run"],
            env=environment | {"VAR_DIR": str(folder), "PORT": str(port)} | changes,
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def password(self):
        """Waits for the three lines and gives the password in them."""
        lines = ""
        while not lines.endswith("/dev/mail/\n"):
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read() + self.logs()
            lines += line
        return re.search(LINES.format(port=self.port), lines)[1]

    def logs(self):
        return "".join(file.read_text() for file in (self.folder / "log").glob("*.log"))

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def processes(self):
        """Everything that runs for it, known by its folder or its port."""
        found = []
        for process in psutil.process_iter(["cmdline", "cwd"]):
            words = " ".join([*(process.info["cmdline"] or []), process.info["cwd"] or "", ""])
            if str(self.folder) in words or f" --port {self.port} " in words:
                found.append(process)
        return found

    def end(self, sign=signal.SIGINT):
        self.process.send_signal(sign)
        return self.process.wait(60)

    def last_words(self):
        """The exit code, and what it said on standard error, when it ends by itself."""
        words = self.process.communicate(timeout=90)[1]
        return self.process.returncode, words


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
