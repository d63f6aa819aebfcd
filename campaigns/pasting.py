"""Text pasted from a word processor, made into clean Markdown."""

import re
import unicodedata

_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Controls, soft hyphens, zero width spaces, bidi embeddings and isolates, surrogates, non-characters.
_STRAY = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ufffe\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"[^\S\n\t]")
_BLANKS = re.compile(r"[ \t]+")

# Bullets of word processors, with the level on which they usually stand. Those of Symbol and Wingdings come as
# characters for private use. A dash, an asterisk or an "o" is a bullet of theirs only before a tab.
_LEVELS = {
    "•": 0, "●": 0, "·": 0, "∙": 0, "‣": 0, "⁃": 0, "■": 0, "□": 0, "➢": 0, "✓": 0, "\uf0b7": 0, "\uf0d8": 0, "\uf0fc": 0,
    "o": 1, "◦": 1, "○": 1, "▪": 2, "▫": 2, "\uf0a7": 2,
}  # fmt: skip
_SYMBOLS = "".join(symbol for symbol in _LEVELS if symbol != "o")
_WORD_BULLET = re.compile(rf"\s*(?:([{_SYMBOLS}])\s*|([o–—*-])\t\s*)(?=\S)")
_WORD_NUMBER = re.compile(r"\s*\(?(\d{1,9})[.)]\t\s*(?=\S)")
_LISTED = re.compile(r"([ \t]*)([-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_STRAY_PRIVATE_USE = re.compile(rf"(?![{_SYMBOLS}])[\ue000-\uf8ff]")


def paste_to_markdown(text: str) -> str:
    """`text` with the bullets, numbers, blanks and invisible characters of word processors as plain Markdown.

    Word separates paragraphs by a single line end. So where its marks are found, or where there is no blank line at all,
    every line becomes a paragraph, and a line in capitals a heading; else line ends stay as they are. Idempotent.
    """
    text = unicodedata.normalize("NFC", _STRAY.sub("", _LINE_END.sub("\n", text)))
    text = _SPACES.sub(" ", text.replace("\f", "\n\n").replace("\v", "\n"))
    lines = "\n".join(map(_without_private_use, text.split("\n"))).strip("\n").split("\n")
    if _came_from_word(lines):
        lines = _paragraphs(lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(map(_tidy, lines))).strip("\n")


def _without_private_use(line: str) -> str:
    """The line without characters that only some font can draw, but for a bullet at its start; a lone bullet goes too."""
    start = len(line) - len(line.lstrip()) + 1
    line = (_STRAY_PRIVATE_USE.sub("", line[:start]) + _PRIVATE_USE.sub("", line[start:])).rstrip()
    return "" if line.strip() in [*_SYMBOLS] else line


def _came_from_word(lines: list[str]) -> bool:
    filled = [line for line in lines if line]
    if any(_WORD_BULLET.match(line) or _WORD_NUMBER.match(line) for line in filled):
        return True
    return "" not in lines and any(not line[0].isspace() and not _LISTED.match(line) for line in filled[1:])


def _paragraphs(lines: list[str]) -> list[str]:
    """Each line as a block of its own, with blank lines around it; the items of a list stay together."""
    blocks: list[str] = []
    levels: list[
        int
    ] = []  # of the list that is being read: the level of its first item, that of its last one
    for line in filter(None, lines):
        item, level = _item(line)
        if item and levels:
            depth = min(max(level - levels[0], 0), levels[1] + 1)
            levels[1] = depth
            blocks.append("    " * depth + item)
        elif item:
            levels = [level, 0]
            blocks += ["", item]
        else:
            levels = []
            blocks += ["", _heading(line)]
    return blocks


def _item(line: str) -> tuple[str, int]:
    """The line as an item of a Markdown list, and its level; ("", 0) if it is none."""
    if bullet := _WORD_BULLET.match(line):
        return f"- {line[bullet.end() :]}", _LEVELS.get(bullet[1] or bullet[2], 0)
    if number := _WORD_NUMBER.match(line):
        return f"{number[1]}. {line[number.end() :]}", 0
    if listed := _LISTED.match(line):
        return line[listed.end(1) :], len(listed[1].expandtabs(4)) // 4
    return "", 0


def _heading(line: str) -> str:
    """The line, as a heading if it is short, in capitals and no sentence."""
    shout = line.strip()
    looks_so = shout.isupper() and " " in shout and len(shout) <= 80 and shout[0].isalnum()
    return f"## {shout}" if looks_so and shout[-1] not in ".,;:!?" else shout


def _tidy(line: str) -> str:
    """The line with single blanks in it. What stands before a list's mark, or before its second line, stays."""
    words = line.lstrip()
    indent = line[: len(line) - len(words)].expandtabs(4)
    return indent + _BLANKS.sub(" ", words)
