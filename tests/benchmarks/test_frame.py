"""The benchmarks' own tools: figures, runs in turns, the table in the docs, the loader for machines without wrk."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks import crowd, load, report
from benchmarks.frame import Figure, granian_parameters, in_turns, ratio_in_turns
from benchmarks.load import Connection
from dev.environment import PROJECT


def figure(what, ratio=0.7, goal="≥ 0.6"):
    return Figure(what, ratio, "7/s", "nginx 10/s", goal)


@pytest.mark.parametrize(
    ("ratio", "goal", "met"),
    [
        (0.6, "≥ 0.6", True),
        (0.59, "≥ 0.6", False),
        (1.5, "≤ 1.5", True),
        (1.51, "≤ 1.5", False),
        (9, "", True),
    ],
)
def test_a_goal_is_a_lower_or_an_upper_bound(ratio, goal, met):
    assert figure("page", ratio, goal).is_met is met


def test_measures_run_in_turns_and_the_first_round_is_forgotten():
    order = []
    values = iter([100, 1, 1, 5, 3, 2, 2, 9])

    def measure(name):
        order.append(name)
        return next(values)

    medians = in_turns(3, ours=lambda: measure("ours"), theirs=lambda: measure("theirs"))

    assert order == ["ours", "theirs"] * 4
    assert medians == {"ours": 2, "theirs": 5}


def test_a_ratio_is_taken_within_each_round():
    ours, theirs = iter([1, 30, 6, 8]), iter([1, 60, 10, 20])
    assert ratio_in_turns(3, ours=lambda: next(ours), theirs=lambda: next(theirs)) == (0.5, 8, 20)


def test_the_table_of_one_benchmark_is_replaced_and_the_rest_of_the_page_stays(tmp_path, monkeypatch):
    page = tmp_path / "performance.md"
    monkeypatch.setattr(report, "PAGE", page)
    monkeypatch.setattr(report, "machine", lambda: "one core")

    report.write("pages", [figure("old")])
    report.write("export", [figure("rows")])
    page.write_text(page.read_text() + "\nA word of explanation.\n")
    report.write("pages", [figure("new")])

    text = page.read_text()
    assert "| new | 0.70 | ≥ 0.6 | 7/s | nginx 10/s |" in text
    assert "old" not in text
    assert text.count("| rows |") == 1
    assert text.count("Measured on one core.") == 2
    assert text.endswith("<!-- end: export -->\n\nA word of explanation.\n")


def test_the_web_process_has_its_parameters_in_one_file():
    assert granian_parameters()["GRANIAN_INTERFACE"] == "wsgi"
    assert granian_parameters()["_RJEM_MALLOC_CONF"] == "narenas:1"


@pytest.fixture
def server():
    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            status, body = (200, b"x" * 50_000) if self.path == "/good" else (500, b"no")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_address
        running.shutdown()


def test_the_bundled_loader_counts_whole_answers(server):
    connection = Connection(*server, b"GET /good HTTP/1.1\r\nHost: x\r\n\r\n")
    with connection.socket:
        while connection.answers < 3:
            connection.read()


def test_the_bundled_loader_refuses_errors(server):
    connection = Connection(*server, b"GET /bad HTTP/1.1\r\nHost: x\r\n\r\n")
    with connection.socket, pytest.raises(RuntimeError, match="500"):
        connection.read()


def test_the_bundled_loader_prints_how_many_answers_came(server, capsys, monkeypatch):
    monkeypatch.setattr(load, "SECONDS", 0.05)
    load.main(f"http://{server[0]}:{server[1]}/good", "2")
    assert int(capsys.readouterr().out) > 0


@pytest.mark.parametrize(
    ("constant", "value"),
    [
        ("EVERY", crowd.EVERY * 1000),
        ("SHORTEST", crowd.SHORTEST),
        ("SPREAD", crowd.SPREAD),
        ("LIST_WITHIN", crowd.LIST_WITHIN * 1000),
    ],
)
def test_the_crowd_asks_at_the_pace_of_the_pages_own_script(constant, value):
    script = (PROJECT / "static/js/letter.js").read_text()
    line = re.search(rf"^const {constant} = (?:.*: )?([\d._]+);$", script, re.MULTILINE)
    assert float(line[1].replace("_", "")) == value
