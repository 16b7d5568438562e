"""The group ristretto255 (RFC 9496) in whole numbers: enough for one person's private check.

Plain and slow (a few milliseconds a multiplication) and not constant in time: it runs on the
asker's own machine, on a secret that is used once. Whoever answers many uses a library.
"""

from __future__ import annotations

from dataclasses import dataclass

from habeas.errors import NotVerified

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def _is_negative(x: int) -> bool:
    return x % P % 2 == 1


def _positive(x: int) -> int:
    return P - x % P if _is_negative(x) else x % P


def _sqrt_ratio(u: int, v: int) -> tuple[bool, int]:
    """The root of u/v where there is one; else that of SQRT_M1·u/v (RFC 9496, 4.2)."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    correct, flipped = check == u % P, check == -u % P
    flipped_i = check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    return correct or flipped, _positive(r)


_MINUS_ONE_ROOT = _sqrt_ratio(1, (-1 - D) % P)[1]  # 1/sqrt(a - d), a = -1
_AD_MINUS_ONE = P - _sqrt_ratio((-D - 1) % P, 1)[1]  # sqrt(a·d - 1), the RFC's choice of sign


@dataclass(frozen=True, slots=True)
class Point:
    """An element in extended coordinates."""

    x: int
    y: int
    z: int
    t: int

    def __add__(self, other: Point) -> Point:
        a = (self.y - self.x) * (other.y - other.x) % P
        b = (self.y + self.x) * (other.y + other.x) % P
        c = 2 * self.t * other.t * D % P
        d = 2 * self.z * other.z % P
        e, f, g, h = b - a, d - c, d + c, b + a
        return Point(e * f % P, g * h % P, f * g % P, e * h % P)

    def times(self, scalar: int) -> Point:
        found, step, left = IDENTITY, self, scalar % ORDER
        while left:
            if left & 1:
                found = found + step
            step, left = step + step, left >> 1
        return found

    def to_bytes(self) -> bytes:
        """The one encoding of the element (RFC 9496, 4.3.2)."""
        u1 = (self.z + self.y) * (self.z - self.y) % P
        u2 = self.x * self.y % P
        root = _sqrt_ratio(1, u1 * u2 * u2 % P)[1]
        den1, den2 = root * u1 % P, root * u2 % P
        z_inv = den1 * den2 * self.t % P
        x, y, den = self.x, self.y, den2
        if _is_negative(self.t * z_inv):
            x, y, den = y * SQRT_M1 % P, x * SQRT_M1 % P, den1 * _MINUS_ONE_ROOT % P
        if _is_negative(x * z_inv):
            y = -y % P
        return _positive(den * (self.z - y)).to_bytes(32, "little")


IDENTITY = Point(0, 1, 1, 0)


def decoded(data: bytes) -> Point:
    """The element with this encoding; NotVerified for bytes that are none, and for the identity."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or _is_negative(s) or s == 0:
        raise NotVerified("is not an element of the group")
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-(D * u1 * u1) - u2 * u2) % P
    was_square, root = _sqrt_ratio(1, v * u2 * u2 % P)
    x = _positive(2 * s * root * u2)
    y = u1 * root * root * u2 * v % P
    t = x * y % P
    if not was_square or _is_negative(t) or y == 0:
        raise NotVerified("is not an element of the group")
    return Point(x, y, 1, t)


def mapped(uniform: bytes) -> Point:
    """An element nobody knows the logarithm of, from 64 uniform bytes (RFC 9496, 4.3.4)."""
    low, high = (int.from_bytes(part, "little") % 2**255 for part in (uniform[:32], uniform[32:]))
    return _elligator(low % P) + _elligator(high % P)


def _elligator(t: int) -> Point:
    r = SQRT_M1 * t * t % P
    u = (r + 1) * (1 - D * D) % P
    v = (-1 - r * D) * (r + D) % P
    was_square, s = _sqrt_ratio(u, v)
    c = P - 1
    if not was_square:
        s, c = -_positive(s * t) % P, r
    n = (c * (r - 1) * pow(D - 1, 2, P) - v) % P
    w0, w1, w2, w3 = 2 * s * v, n * _AD_MINUS_ONE, 1 - s * s, 1 + s * s
    return Point(w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P)


BASE = decoded(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))
