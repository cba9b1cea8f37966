"""What is personal, sealed: AES-256-GCM with its place bound in, several keys for rotation, a keyed blind index.

Sealed bytes: one byte of format (1), one of the key id's length, the key id, 12 bytes of nonce, the ciphertext with its
tag. A sealed value opens only in the table, column and row that it was sealed for.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy import Connection

FORMAT = 1
NONCE = 12
KEY = 32
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Sealed(Exception):
    """A sealed value that does not open: the message says whether the key is missing or the value was tampered with."""


class Keyring:
    """Keys by id. The first seals; all of them open. Written `id:base64key,id2:base64key`, each key of 32 bytes."""

    def __init__(self, written: str) -> None:
        keys = dict(_key(part) for part in written.split(",") if part.strip())
        if not keys:
            raise ValueError('no key: give at least one, as "id:base64key" with 32 random bytes')
        self.current = next(iter(keys))
        self._head = head(self.current)
        self.names = tuple(keys)
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._index = {name: HKDFExpand(SHA256(), KEY, b"ingit blind index").derive(key) for name, key in keys.items()}

    def seal(self, value: Any, aad: str) -> bytes:
        """`value` (anything JSON) sealed for `aad`, its place: "table/column/row"."""
        return self._closed(_written(value).encode(), aad)

    def open(self, sealed: bytes, aad: str) -> Any:
        """The value that was sealed for `aad`. Raises Sealed if the key is not on the ring or the place is another."""
        return json.loads(self._plain(sealed, aad))

    def again(self, sealed: bytes, aad: str) -> bytes:
        """The same value sealed anew by the first key. Raises Sealed as `open` does."""
        return self._closed(self._plain(sealed, aad), aad)

    def _plain(self, sealed: bytes, aad: str) -> bytes:
        name = self.key_of(sealed)
        start = 2 + sealed[1]
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise Sealed(
                f'the key "{name}" is not on the ring: add it to INGIT_KEYS (without it {aad} stays unreadable)'
            )
        try:
            return cipher.decrypt(sealed[start : start + NONCE], sealed[start + NONCE :], aad.encode())
        except InvalidTag:
            raise Sealed(
                f"{aad} does not open: it was changed, moved here, or sealed by another key of that id"
            ) from None

    def _closed(self, plain: bytes, aad: str) -> bytes:
        nonce = os.urandom(NONCE)
        return self._head + nonce + self._ciphers[self.current].encrypt(nonce, plain, aad.encode())

    def key_of(self, sealed: bytes) -> str:
        """The id of the key that sealed this."""
        if len(sealed) < 2 or sealed[0] != FORMAT:
            raise Sealed("not a sealed value of a known format")
        return sealed[2 : 2 + sealed[1]].decode(errors="replace")

    def is_current(self, sealed: bytes) -> bool:
        """Whether the first key sealed it; if not, rotation has it still to do."""
        return sealed.startswith(self._head)

    def blind(self, value: str, purpose: str) -> list[str]:
        """`value` as keyed hashes, one a key, the current key's first: store the first, look for any of them."""
        return [_hmac(key, f"{purpose}\0{value}") for key in self._index.values()]

    def mac(self, text: str) -> str:
        """A keyed hash of `text` that only holders of the key can make, with the key's id."""
        return f"{self.current}:{_hmac(self._index[self.current], text)}"

    def is_mac(self, mac: str, text: str) -> bool:
        """Whether `mac` was made of this text by a key on the ring. Raises Sealed if the key is not there."""
        name, _, found = mac.rpartition(":")
        if name not in self._index:
            raise Sealed(f'the key "{name}" is not on the ring: add it to INGIT_KEYS')
        return hmac.compare_digest(found, _hmac(self._index[name], text))


def head(name: str) -> bytes:
    """How everything begins that the key of this id has sealed."""
    return bytes([FORMAT, len(name.encode())]) + name.encode()


def ring(s: Connection) -> Keyring:
    """The keys that this connection carries."""
    found: Keyring = s.get_execution_options()["ring"]
    return found


def new_key(name: str) -> str:
    """A fresh key as the ring is written: `name:base64key`."""
    return f"{name}:{base64.b64encode(os.urandom(KEY)).decode()}"


def _key(part: str) -> tuple[str, bytes]:
    name, _, text = part.strip().partition(":")
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if not name or len(name.encode()) > 255 or len(key) != KEY:
        raise ValueError(f'the key "{name}" is not "id:base64key" with 32 bytes: make one with `ingit keys new`')
    return name, key


def _hmac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
