"""Django's PostgreSQL, with a cheaper look at a kept connection before each request, and a stricter idea of similar."""

import select
import time

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

# A connection that was found usable so short a time ago is only looked at; in a rush that is nearly every one.
ASK_AFTER_SECONDS = 1.0
# Share of common trigrams from which names are worth a closer look. pg_trgm's own 0.3 looks at three times as many and finds 2 more
# of the 240 pairs in tests/signatories/identity that a person should compare, both across scripts.
SIMILAR_FROM = 0.4


class DatabaseWrapper(base.DatabaseWrapper):
    _usable_at = float("-inf")

    def init_connection_state(self) -> None:
        super().init_connection_state()
        self.connection.execute(f"SET pg_trgm.similarity_threshold = {SIMILAR_FROM}")
        if not self.get_autocommit():
            self.connection.commit()

    def is_usable(self) -> bool:
        """Whether the server still holds the connection's other end.

        Django asks `SELECT 1` before each request, a tenth of the time of a signed form (measured). Here that is asked at
        most once a second. In between it is looked at: nothing is due on a resting connection, so if there is something
        to read, it is the farewell of a server that has stopped.
        """
        if self.connection is None or self.connection.info.transaction_status != TransactionStatus.IDLE:
            return False
        if time.monotonic() - self._usable_at < ASK_AFTER_SECONDS:
            poll = select.poll()
            poll.register(self.connection.fileno(), select.POLLIN)
            return not poll.poll(0)
        if not super().is_usable():
            return False
        self._usable_at = time.monotonic()
        return True
