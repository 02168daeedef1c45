"""Whether whoever asks would rather read a page than JSON, by the `Accept` header."""

from __future__ import annotations

from qa.http.read_weights import read_weights


def prefers_page(accept: str) -> bool:
    """Whether HTML is wanted more than JSON; nobody who takes anything does (RFC 9110, section 12.5.1).

    >>> prefers_page("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), prefers_page("*/*")
    (True, False)
    """
    weights = read_weights(accept)
    json = max(_weight(weights, "application", "json"), _weight(weights, "application", "problem+json"))
    return _weight(weights, "text", "html") > json


def _weight(weights: dict[str, float], kind: str, subtype: str) -> float:
    """Of the ranges that a type is in, the narrowest decides."""
    ranges = (f"{kind}/{subtype}", f"{kind}/*", "*/*")
    return next((weights[name] for name in ranges if name in weights), 0.0)
