"""Other people's words made harmless for a terminal: whatever cannot be seen is shown, and nothing is obeyed."""

from __future__ import annotations

import unicodedata

_JOINERS = {"\u200c", "\u200d"}
"""Invisible, and needed to write Persian and to show families and flags."""
_PICTURES = 0x2400
"""Unicode's own pictures of control characters begin here; the one of DELETE is apart."""
_DELETE, _DELETE_PICTURE = "\x7f", "\u2421"
_LAST_CONTROL = 0x20

_PLAIN = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{EN DASH}": "-",
        "—": "-",
        "…": "...",
        "→": "->",
        "\N{MULTIPLICATION SIGN}": "x",
        "·": "-",
        "•": "*",
        "✓": "+",
        "\N{NO-BREAK SPACE}": " ",
    }
)


def visible(text: str, *, ascii_only: bool = False) -> str:
    r"""`text` on one line, with control characters, escapes, bidi overrides and lone surrogates as visible signs.

    Args:
        text: anything: a file name, a title, a server's answer.
        ascii_only: for terminals that cannot show more; what has no likeness in ASCII becomes `\xNN` or `\uNNNN`.
    """
    shown = "".join(_shown(sign, ascii_only=ascii_only) for sign in text)
    if ascii_only:
        return shown.translate(_PLAIN).encode("ascii", "backslashreplace").decode("ascii")
    return shown


def _shown(sign: str, *, ascii_only: bool) -> str:
    kind = unicodedata.category(sign)
    if sign in _JOINERS or kind not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return sign
    if ascii_only and sign == "\n":
        return r"\n"
    if not ascii_only and ord(sign) < _LAST_CONTROL:
        return chr(_PICTURES + ord(sign))
    if not ascii_only and sign == _DELETE:
        return _DELETE_PICTURE
    return _escaped(ord(sign))


def _escaped(code: int) -> str:
    if code <= 0xFF:  # noqa: PLR2004 - two hex digits
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - four hex digits
