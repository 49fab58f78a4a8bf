"""The stamp as an in-toto Statement, and what exactly is signed: DSSE over its canonical bytes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from headwater.stamping.jcs import canonical_json

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://headwater.dev/stamp/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"


def statement(stamp: Mapping[str, Any]) -> dict[str, Any]:
    """The in-toto Statement v1 whose predicate is the stamp without its signatures."""
    notebook = stamp["notebook"]
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": notebook["name"], "digest": {"sha256": notebook["digests"]["root"]}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {key: value for key, value in stamp.items() if key != "signatures"},
    }


def payload(stamp: Mapping[str, Any]) -> bytes:
    """The canonical bytes of the statement."""
    return canonical_json(statement(stamp))


def stamp_digest(stamp: Mapping[str, Any]) -> str:
    """What names a stamp in the chain: SHA-256 of its payload. Signatures are no part of it."""
    return payload_digest(payload(stamp))


def payload_digest(body: bytes) -> str:
    """`stamp_digest` of the stamp with this payload."""
    return hashlib.sha256(body).hexdigest()


def signed_bytes(body: bytes) -> bytes:
    """The pre-authentication encoding of DSSE v1 for a payload of ours."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body)


def envelope(stamp: Mapping[str, Any]) -> dict[str, Any]:
    """The DSSE envelope, for tools that know no notebooks; made from the readable form in the file."""
    return {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload(stamp)).decode(),
        "signatures": [
            {"keyid": signature["keyId"], "sig": signature["value"]} for signature in stamp.get("signatures", ())
        ],
    }
