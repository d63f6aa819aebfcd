"""The text of a letter: Markdown that anybody may write, HTML that nobody can abuse, plain text, and its checksum."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from campaigns.pasting import paste_to_markdown

__all__ = ["paste_to_markdown", "text_digest", "to_html", "to_text", "tokens_of"]

_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "a", "hr", "br"}
_SCHEMES = {"http", "https", "mailto"}
_LINK = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_HEADINGS = {"h1": "h2", "h5": "h4", "h6": "h4"}
_LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# What a letter has no use for: controls, bidi embeddings, overrides and isolates (the eye would read another text than
# the program), surrogates, non-characters. The direction marks stay: Arabic and Hebrew letters need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def _parser() -> MarkdownIt:
    """CommonMark without raw HTML, which stays text, and without code, so that an indented paragraph stays a paragraph."""
    parser = MarkdownIt("commonmark", {"html": False})
    parser.disable(["code", "fence", "html_block", "html_inline", "backticks"])
    parser.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


def to_html(markdown: str) -> SafeString:
    """`markdown` as HTML of a few harmless elements: headings from h2 to h4, no images, links to the web and to mail.

    Two gates, each of which would do: a parser that knows no raw HTML, and nh3 with a list of what may stay.
    """
    html = _PARSER.renderer.render(tokens_of(markdown), _PARSER.options, {})
    return mark_safe(  # noqa: S308  nh3 has just cleaned it  # nosec B308 B703
        nh3.clean(
            html,
            tags=_TAGS,
            attributes={"a": {"href"}},
            url_schemes=_SCHEMES,
            url_relative="deny",
            link_rel="nofollow noopener",
        )
    )


def to_text(markdown: str) -> str:
    """`markdown` as plain text for mails: marks gone, lists and quotations with their signs, links with their addresses."""
    return "\n\n".join(_blocks(SyntaxTreeNode(tokens_of(markdown)).children))


def tokens_of(markdown: str) -> list[Token]:
    """`markdown` taken apart, for whoever prints it in another way; images are their descriptions, raw HTML is text."""
    tokens = _PARSER.parse(_UNWANTED.sub("", _LINE_END.sub("\n", markdown)))
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
        # An image would be a request to somebody else's server: only its description stays.
        token.children = [_described(child) for child in token.children] if token.children else token.children
    return tokens


def _described(token: Token) -> Token:
    return Token("text", "", 0, content=_plain(token.children or [])) if token.type == "image" else token


def _plain(tokens: Sequence[Token]) -> str:
    return "".join(
        _plain(token.children or []) if token.type == "image" else token.content for token in tokens
    )


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> Iterator[str]:
    for node in nodes:
        if node.type in ("paragraph", "heading"):
            yield _inline(node.children)
        elif node.type == "blockquote":
            yield _hung("> ", "> ", "\n\n".join(_blocks(node.children)))
        elif node.type in ("bullet_list", "ordered_list"):
            yield "\n".join(_items(node))
        elif node.type == "hr":
            yield "---"


def _items(node: SyntaxTreeNode) -> Iterator[str]:
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children, first):
        sign = "- " if node.type == "bullet_list" else f"{number}. "
        yield _hung(sign, " " * len(sign), "\n".join(_blocks(item.children)))


def _hung(first: str, rest: str, text: str) -> str:
    """`text` with one prefix before its first line and another before the others."""
    return "\n".join(((rest if at else first) + line).rstrip() for at, line in enumerate(text.split("\n")))


def _inline(nodes: Iterable[SyntaxTreeNode]) -> str:
    return "".join(map(_inline_part, nodes))


def _inline_part(node: SyntaxTreeNode) -> str:
    if node.type == "link":
        words, href = _inline(node.children), str(node.attrs.get("href", ""))
        return (
            words
            if words in (href, href.removeprefix("mailto:"))
            else f"{words} ({href.removeprefix('mailto:')})"
        )
    if node.type in ("softbreak", "hardbreak"):
        return " " if node.type == "softbreak" else "\n"
    return _inline(node.children) if node.children else node.content


def text_digest(texts: Iterable[tuple[str, str, str]], asks: Iterable[tuple[int, str, str]]) -> str:
    """SHA-256, in hexadecimal, of a letter: `texts` are (language, title, body), `asks` (position, language, text).

    The bytes are those of RFC 8785 (JSON Canonicalization Scheme), so that anybody can compute them anew:
    {"asks":[[1,"en","…"],…],"format":"undersigned-letter-1","texts":[["en","title","body"],…]}, in UTF-8 without white
    space, both lists sorted by code point, each string in NFC with LF as line end and without white space around it.
    """
    content = {
        "asks": sorted(
            [int(position), _canonical(language), _canonical(text)] for position, language, text in asks
        ),
        "format": "undersigned-letter-1",
        "texts": sorted([_canonical(part) for part in text] for text in texts),
    }
    serialised = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(serialised.encode()).hexdigest()


def _canonical(text: str) -> str:
    whole = text.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be written in UTF-8
    return unicodedata.normalize("NFC", whole.replace("\r\n", "\n").replace("\r", "\n")).strip()
