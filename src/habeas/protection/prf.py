"""Keyed randomness with random access: keys by HKDF, streams by AES, one block at a time.

Everything the marks and canaries choose comes from here, so that it can be made again by
whoever holds the secret and by nobody else.
"""

from __future__ import annotations

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from numpy.typing import NDArray

SECRET_BYTES = 32


def derive_key(secret: bytes, base_salt: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose of one base: HKDF-SHA256(secret, salt=base_salt, info=purpose)."""
    if len(secret) < SECRET_BYTES:
        raise ValueError(f"a mark secret has {SECRET_BYTES} bytes, this one has {len(secret)}")
    info = b"habeas/marks/v1/" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=base_salt, info=info).derive(secret)


def blocks(key: bytes, high: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """AES-256 of the block (high, low), element by element: 8 lanes of 16 bits each.

    high, low: uint64, same shape. Returns uint16 of that shape + (8,).
    """
    message = np.empty((*high.shape, 2), dtype="<u8")
    message[..., 0] = high
    message[..., 1] = low
    # ECB on purpose: each block is a distinct counter and the output is used as random bits.
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    stream = cipher.update(message.tobytes()) + cipher.finalize()
    return np.frombuffer(stream, dtype="<u2").reshape(*high.shape, 8)


def words(key: bytes, count: int, *, stream: int = 0) -> NDArray[np.uint64]:
    """`count` uniform uint64; different `stream` numbers are independent of each other."""
    half = np.arange((count + 1) // 2, dtype=np.uint64)
    lanes = blocks(key, np.full(half.shape, stream, dtype=np.uint64), half)
    return np.ascontiguousarray(lanes).view("<u8").reshape(-1)[:count].astype(np.uint64)
