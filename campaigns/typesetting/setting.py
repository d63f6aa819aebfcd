"""From a template and data to bytes. The same data give the same bytes: no moment and no machine gets in.

What people typed reaches typst as JSON in `sys.inputs`, never as source, so that nothing in a name or a letter can run. The
templates load no package, so nothing is fetched.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from campaigns.typesetting.fonts import fonts

TEMPLATES = Path(__file__).parent
# What is printed where no font has a sign.
MISSING = "□"
# Documents that are kept while their data stay the same, for each process.
KEPT = 16
ROUNDS = 3

_LACKING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
# A compiler serves one thread at a time. It works outside Python's own lock, so the other threads go on meanwhile.
# A long document keeps no card waiting: each template has a compiler and a lock of its own.
_one_at_a_time: defaultdict[str, Lock] = defaultdict(Lock)
_compilers: dict[str, typst.Compiler] = {}


def pdf(template: str, data: Mapping[str, Any], mark: bytes = b"") -> bytes:
    """`data` set by `template` ("letter") as a tagged PDF/UA-1; `mark` is a PNG of our own (`campaigns.marks`), or nothing."""
    return _pdf(template, _written(data), mark)


def png(template: str, data: Mapping[str, Any], mark: bytes = b"") -> bytes:
    """`data` set by `template` ("card") as a picture of one page: one pixel for each point of it."""
    return _png(template, _written(data), mark)


@lru_cache(KEPT)
def _pdf(template: str, written: str, mark: bytes) -> bytes:
    for _ in range(ROUNDS):
        try:
            return _compiled(template, written, mark, format="pdf", pdf_standards=["ua-1"])
        except typst.TypstError as error:
            lacking = _lacking(error.diagnostic)
            if not lacking:
                break
            written = _written(_without(json.loads(written), lacking))
    # A text that resists all that is still printed, tagged, only without the promise of the standard.
    return _compiled(template, written, mark, format="pdf")


@lru_cache(KEPT)
def _png(template: str, written: str, mark: bytes) -> bytes:
    return _compiled(template, written, mark, format="png", ppi=72)


def _compiled(template: str, written: str, mark: bytes, **options: Any) -> bytes:
    # typst takes text alone: the bytes of a picture go as a list of numbers.
    inputs = {"data": written, "mark": _written(list(mark))}
    with _one_at_a_time[template]:
        if template not in _compilers:
            _compilers[template] = typst.Compiler(
                TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=fonts(), ignore_system_fonts=True
            )
        made = _compilers[template].compile(sys_inputs=inputs, **options)
    if not isinstance(made, bytes):
        raise TypeError(f"{template} made {type(made).__name__} and not one file")
    return made


def _written(data: Any) -> str:
    return json.dumps(data, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _lacking(diagnostic: str) -> list[str]:
    """The pieces of text that typst found no font for; long ones first, since one may be part of another."""
    found = {_ESCAPED.sub(_unescaped, text) for text in _LACKING.findall(diagnostic)}
    return sorted(found - {MISSING, ""}, key=lambda text: (-len(text), text))


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _PLAIN.get(match[2], match[2])


def _without(data: Any, lacking: Sequence[str]) -> Any:
    pattern = re.compile("|".join(map(re.escape, lacking)))
    return _mapped(data, lambda text: pattern.sub(MISSING, text))


def _mapped(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, list):
        return [_mapped(each, change) for each in data]
    if isinstance(data, dict):
        return {key: _mapped(each, change) for key, each in data.items()}
    return data
