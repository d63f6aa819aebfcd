"""nginx serving given bytes with given headers from disk: what a cached page is measured against.

Set as Debian sets it (sendfile, tcp_nopush, a worker per core). With open_file_cache, which nobody has who doesn't ask
for it, it opens no file and serves about a third more.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.frame import Reply, Server, Skipped, free_port, wait_for_http
from dev.processes import start

CONFIGURATION = """
{user}
daemon off; worker_processes auto; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000; server_tokens off;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{
        listen 127.0.0.1:{port};
        location = /healthz {{ return 200; }}
        {location}
    }}
}}
"""
PATH = "/measured"  # an address with a closing slash would be a folder to nginx
# What nginx says itself, or what has no meaning there.
OWN_HEADERS = {"server", "date", "content-length", "content-type", "etag", "connection", "age"}


@contextmanager
def nginx(folder: Path, reply: Reply) -> Iterator[Server]:
    """Serve the reply's body from a file at PATH, with its headers; as many workers as cores."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        raise Skipped("nginx is not installed")
    folder.mkdir()
    port = free_port()
    # Started by root, its workers would run as somebody who may not read our folder.
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(folder=folder, port=port, user=user, location=_location(folder, reply))
    )
    command = [program, "-p", folder, "-c", configuration, "-e", folder / "error.log"]
    child = start("nginx", command, log=folder / "nginx.log")
    try:
        wait_for_http(f"http://127.0.0.1:{port}/healthz", child)
        yield Server(f"http://127.0.0.1:{port}", child)
    finally:
        child.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _location(folder: Path, reply: Reply) -> str:
    file = folder / "body"
    file.write_bytes(reply.body)
    headers = " ".join(
        f"add_header {name} {_quoted(value)};"
        for name, value in reply.headers.items()
        if name not in OWN_HEADERS
    )
    kind = _quoted(reply.headers["content-type"])
    return f"location = {PATH} {{ alias {file}; types {{ }} default_type {kind}; {headers} }}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
