"""deploy/front/nginx.conf with the ports, folders and the certificate of a test."""

import datetime
import http.client
import os
import shutil
import socket
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dev.environment import PROJECT
from dev.processes import start
from tests.processes.conftest import free_port

NAME = "letters.example.org"
SAMPLE = PROJECT / "deploy/front/nginx.conf"


def nginx():
    """The path of the program; its tests are skipped where there is none, unless REQUIRE_BROWSER=1."""
    path = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if path is None and os.environ.get("REQUIRE_BROWSER") != "1":
        pytest.skip("No nginx here.")
    assert path, "No nginx here."
    return path


def make_certificate(folder):
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, no_password)
    )


def write_configuration(folder, *, port, site_port):
    """The sample as it stands, with what an operator would put in, and around it the least that Debian's nginx.conf has."""
    make_certificate(folder)
    text = SAMPLE.read_text()
    for given, ours in {
        f"/etc/letsencrypt/live/{NAME}": str(folder),
        "/var/cache/nginx": str(folder),
        "/var/log/nginx/undersigned.log": str(folder / "front.log"),
        "/opt/undersigned/app/deploy/front": str(SAMPLE.parent),
        "server 127.0.0.1:8000": f"server 127.0.0.1:{site_port}",
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen 80": f"listen 127.0.0.1:{free_port()}",
        "    listen [::]:443 ssl http2;\n": "",
        "    listen [::]:80;\n": "",
    }.items():
        assert given in text, given
        text = text.replace(given, ours)
    (folder / "sample.conf").write_text(text)
    whole = folder / "nginx.conf"
    # Started by root, its workers would run as somebody who may not read our folder.
    user = "user root;" if os.geteuid() == 0 else ""
    whole.write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 512; }}\n"
        f"http {{ client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;\n"
        f"uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5; include {folder}/sample.conf; }}\n"
    )
    return whole


class Front:
    """A running nginx, and a reader who comes by it."""

    def __init__(self, folder, site_port):
        folder.mkdir()
        self.folder, self.port = folder, free_port()
        self.configuration = write_configuration(folder, port=self.port, site_port=site_port)
        self.trust = ssl.create_default_context(cafile=folder / "fullchain.pem")
        self.child = start(
            "nginx",
            [nginx(), "-p", folder, "-c", self.configuration, "-e", folder / "error.log"],
            log=folder / "nginx.log",
        )

    def wait(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                return self.get("/healthz")
            except OSError:
                assert not self.child.ended(), self.words()
                time.sleep(0.05)
        raise AssertionError(self.words())

    def get(self, path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        plain = socket.create_connection(("127.0.0.1", self.port), 30)
        connection.sock = self.trust.wrap_socket(plain, server_hostname=NAME)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {"Host": NAME, **named})
            reply = connection.getresponse()
            reply.text = reply.read()
        finally:
            connection.close()
        return reply

    def words(self):
        return "".join(file.read_text() for file in self.folder.glob("*.log"))
