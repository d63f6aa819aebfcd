"""A mail server that takes everything and keeps nothing: `python -m benchmarks.sink PORT`."""

import asyncio
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session


class Nothing:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        return "250 taken"


async def main(port: str) -> None:
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Nothing(), hostname="sink.example"), "127.0.0.1", int(port)
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
