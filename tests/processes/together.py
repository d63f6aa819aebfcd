"""Several who do something at the same moment, each with a database connection of its own."""

import threading

from django.db import connection


def at_once(actions):
    """Runs each action in a thread, with a database connection of its own, all from the same moment on."""
    start_line = threading.Barrier(len(actions))
    results = [None] * len(actions)

    def run(place, action):
        start_line.wait(30)
        try:
            results[place] = action()
        except Exception as error:  # noqa: BLE001  # what went wrong is the result
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
