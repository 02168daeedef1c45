"""How much a client wants each of what an `Accept…` header names."""

from __future__ import annotations

import re

_WEIGHT = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", re.IGNORECASE)


def read_weights(header: str) -> dict[str, float]:
    """Each choice in small letters, without its parameters, with its weight in [0, 1] (RFC 9110, section 12.4.2).

    >>> read_weights("gzip;q=0, Identity; q=0.5, *")
    {'gzip': 0.0, 'identity': 0.5, '*': 1.0}
    """
    weights = {}
    for part in header.split(","):
        choice, *parameters = part.split(";")
        given = (match[1] for match in map(_WEIGHT.fullmatch, parameters) if match)
        weights[choice.strip().lower()] = float(next(given, 1))
    return weights
