"""Django's PostgreSQL, with a cheaper look at a kept connection before each request."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the server still holds the connection's other end.

        Nothing is due on a resting connection: if there is something to read, it is the farewell of a server that has
        stopped. Django asks `SELECT 1` instead, a tenth of the time of a signed form (measured). Neither of the two notices a
        server that was cut off without a word; the time-outs do.
        """
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
