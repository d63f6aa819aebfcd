"""The site with its demo letter as readers get it: the web process with its page cache, compressed, and the sample front with TLS before it."""

import os
import subprocess
import sys
from base64 import b64encode
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dev.environment import PROJECT
from signatories.demo import loading
from tests.builders import PASSWORD
from tests.front import NAME, Front
from tests.processes.conftest import Machinery, free_port, wait_until_healthy

STATIC_STORAGE = "config.staticfiles.SentStaticFiles"


class Served:
    """`address` + path; `flags` make a Chromium find it there, and trust its certificate and no other."""

    def __init__(self, machinery, folder):
        self.campaign = loading.load(PASSWORD)
        site_port = free_port()
        self.front = Front(folder / "front", site_port)
        self.address = f"https://{NAME}:{self.front.port}"
        self.flags = (
            f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
            f"--ignore-certificate-errors-spki-list={fingerprint(self.front.folder / 'fullchain.pem')}",
        )
        web = machinery.start("web", GRANIAN_PORT=str(site_port))
        wait_until_healthy(web, site_port, NAME)
        self.front.wait()


def production(environment, folder):
    """The environment of a public site behind a front."""
    return environment | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HTTPS": "1",
        "BEHIND_TLS_PROXY": "1",
        "STAFF_MFA_REQUIRED": "1",
        "ALLOWED_HOSTS": NAME,
        "SITE_URL": f"https://{NAME}",
        "STATICFILES_BACKEND": STATIC_STORAGE,
        "STATIC_ROOT": str(folder / "static"),
    }


def collect_static(environment):
    command = [PROJECT / "deploy/start", "manage", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True)


def fingerprint(certificate):
    """What Chromium calls a certificate by: the hash of its public key."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    return b64encode(
        sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    ).decode()


@contextmanager
def serve(process_environment, private_valkey, folder):
    environment = production(process_environment | {"REDIS_URL": private_valkey.url}, folder)
    collect_static(environment)
    machinery = Machinery(environment, folder)
    served = None
    try:
        served = Served(machinery, folder)
        yield served
    finally:
        if served:
            served.front.child.stop()
        machinery.stop_all()
