"""A letter's Markdown as a tree of nodes that a typst template prints; in it are words and addresses, nothing that runs."""

from collections.abc import Iterable, Iterator
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from campaigns.letters import tokens_of

Node = dict[str, Any]

_MARKS = {"strong": "strong", "em": "em"}
_LISTS = {"bullet_list": "bullets", "ordered_list": "numbers"}


def tree(markdown: str) -> list[Node]:
    """`kind` is paragraph, heading (with `level`), quotation, bullets or numbers (with `start`; a list of nodes for each item) or
    rule; inside paragraphs and headings text, break, strong, em or link (with `href`)."""
    return list(_blocks(SyntaxTreeNode(tokens_of(markdown)).children, _Levels()))


class _Levels:
    """Headings of a tagged document begin at 1 and leave no level out, whatever was written."""

    def __init__(self) -> None:
        self.last = 0

    def next(self, written: int) -> int:
        self.last = max(1, min(written, self.last + 1))
        return self.last


def _blocks(nodes: Iterable[SyntaxTreeNode], levels: _Levels) -> Iterator[Node]:
    for node in nodes:
        if node.type == "paragraph":
            yield {"kind": "paragraph", "children": _inline(node.children)}
        elif node.type == "heading" and _is_readable(node):
            # The page's own headings begin at h2.
            level = levels.next(int(node.tag[1]) - 1)
            yield {"kind": "heading", "level": level, "children": _inline(node.children)}
        elif node.type == "blockquote":
            yield {"kind": "quotation", "children": list(_blocks(node.children, levels))}
        elif node.type in _LISTS:
            items = [list(_blocks(item.children, levels)) for item in node.children]
            start = int(node.attrs.get("start", 1))
            yield {"kind": _LISTS[node.type], "start": start, "children": items}
        elif node.type == "hr":
            yield {"kind": "rule"}


def _is_readable(node: SyntaxTreeNode) -> bool:
    """Whether there is a word in it: an empty heading is no heading to those who listen."""
    return any(each.type in ("text", "text_special") and each.content.strip() for each in node.walk())


def _inline(nodes: Iterable[SyntaxTreeNode]) -> list[Node]:
    return [made for node in nodes for made in _pieces(node)]


def _pieces(node: SyntaxTreeNode) -> list[Node]:
    if node.type == "link":
        return [{"kind": "link", "href": str(node.attrs.get("href", "")), "children": _inline(node.children)}]
    if node.type in _MARKS:
        return [{"kind": _MARKS[node.type], "children": _inline(node.children)}]
    if node.type == "hardbreak":
        return [{"kind": "break"}]
    if node.type == "softbreak":
        return [{"kind": "text", "text": " "}]
    return _inline(node.children) if node.children else [{"kind": "text", "text": node.content}]
