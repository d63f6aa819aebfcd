"""An SMTP server for tests: a thread that takes mail on a port of 127.0.0.1, as slowly as it is told to."""

import asyncio
import email
import email.policy
import threading

from aiosmtpd.smtp import SMTP


class Sink:
    """`mails` in the order in which they were taken; `pause` seconds pass before each is answered for.

    `refuses` gives the reply that a mailbox gets instead of its mail. `unanswered` are mails that were taken and are in
    their pause: their sender does not know yet.
    """

    def __init__(self, pause=0.0):
        self.pause = pause
        self.mails = []
        self.refuses = {}
        self.unanswered = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._server = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def ids(self):
        return [mail["Message-ID"] for mail in self.mails]

    def open(self):
        """Listen; after `shut` on the same port again."""
        self._server = self._call(
            self._loop.create_server(self._protocol, "127.0.0.1", self.port, reuse_address=True)
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def shut(self):
        self._server.close()
        self._call(self._server.wait_closed())

    def end(self):
        if self._server.is_serving():
            self.shut()
        self._call(self._cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  # aiosmtpd's name
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(mail)
        if pause := self.pause:
            self.unanswered.append(mail["Message-ID"])
            await asyncio.sleep(pause)
            self.unanswered.remove(mail["Message-ID"])
        return "250 taken"

    def _protocol(self):
        return SMTP(self, hostname="sink.example", loop=self._loop)

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _cancel_all(self):
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
