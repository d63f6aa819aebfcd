"""How a line of the log looks: one way for every process, with what could name a person or open a link taken out."""

import logging
import re

# A link that was mailed is a key; `Internal Server Error: /en/confirm/<token>/` would leave it in the log.
SECRET_PATH = re.compile(
    r"(/(?:confirm|manage|answer|appeal|vouch|dispute|publish|download|change-contact|new-contact|withdraw|erase)/)[^/\s?#]+"
)
# So is the one of a circulation link, and what the pages after the form carry in their address. What staff search for is somebody.
SECRET_QUERY = re.compile(r"([?&](?:key|to|q)=)[^\s&#\"']+")
# PostgreSQL puts the values of the row under an error's first line.
DATABASE_DETAIL = re.compile(r"^(?:DETAIL|CONTEXT):.*$", re.MULTILINE)
MAILBOX = re.compile(r"[^\s<>()\"'=,;:]+@[^\s<>()\"'=,;:]+\.[a-z0-9-]{2,}", re.IGNORECASE)


class DiscreetFormatter(logging.Formatter):
    """Formats as usual, exception included, then cuts tokens, mailboxes and rows out of the text."""

    def format(self, record: logging.LogRecord) -> str:
        text = SECRET_QUERY.sub(r"\1…", SECRET_PATH.sub(r"\1…", super().format(record)))
        return MAILBOX.sub("…@…", DATABASE_DETAIL.sub("DETAIL: …", text))
