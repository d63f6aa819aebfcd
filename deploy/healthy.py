"""Answers by its exit code whether the site works here: `healthy.py web` asks over HTTP, `healthy.py mail` the database.

Made for health checks and monitoring: prints one sentence, needs no Django.
"""

import http.client
import os
import sys

import psycopg

PATIENCE = 5  # seconds
SILENT_AFTER = 60  # seconds; beat nudges the worker every three


def web() -> str | None:
    """What is wrong with the web process of this machine, None if nothing is."""
    port = int(os.environ.get("GRANIAN_PORT") or 8000)
    host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"Nothing answers on port {port} ({type(error).__name__})."
    finally:
        connection.close()
    return (
        None if status == http.HTTPStatus.OK else f"/healthz answers {status}: the database can't be reached."
    )


def mail() -> str | None:
    """What is wrong with the worker that sends mail, wherever it runs; None if nothing is."""
    try:
        with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=PATIENCE) as connection:
            row = connection.execute(
                "SELECT extract(epoch FROM now() - seen_at)::int FROM signatories_heartbeat WHERE name = 'worker'"
            ).fetchone()
    except psycopg.Error as error:
        return f"The database can't be asked ({type(error).__name__})."
    if row is None:
        return "The worker has never looked into the outbox."
    return None if row[0] <= SILENT_AFTER else f"The worker last looked into the outbox {row[0]} seconds ago."


def main(arguments: list[str]) -> int:
    questions = {"web": web, "mail": mail}
    if len(arguments) != 1 or arguments[0] not in questions:
        print("Usage: deploy/healthy.py web | mail", file=sys.stderr)
        return 64
    trouble = questions[arguments[0]]()
    print(trouble or "ok")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
