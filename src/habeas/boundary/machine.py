"""The compiled loop: decodes, asks the gates, runs the programs, checks, looks around.

Nothing here knows a detector: patterns are programs, checks are numbers of twins. Imported only
where compiling pays; nothing compiles at import.
"""

from __future__ import annotations

# ruff: noqa: ANN001, ANN201, C901, PLR0911, PLR0912, PLR0913, PLR0915, PLR0917, PLR1714, PLR1730, SIM108, SIM114
# One compiled loop: its parts cannot be functions of objects.
# mypy: ignore-errors
import numpy as np

from habeas.boundary.kernel import jit

NO, YES, ASK = 0, 1, 2
_STEPS = 60_000


@jit
def run(tape, bits, seen, stack, pc, pos, lo, hi):
    """Match the program at `pc` from `pos` within lo..hi: the end, -1 none, -2 ask `re`.

    tape: a head of three (number of classes, words of a class, the set of line ends), then steps of
    four, lists of choices, lists of sets. Start and end of the last group closed stand in
    stack[0] and stack[1], -1 if none.
    """
    top = 8
    room = stack.shape[0] - 32
    ends = np.int64(tape[0])
    width = np.int64(tape[1])
    barrier = -1
    opened = -1
    stack[0] = stack[1] = -1
    left = _STEPS
    one = np.uint64(1)
    while True:
        left -= 1
        if left < 0 or top >= room:
            return -2
        kind = tape[pc]
        fail = False
        if kind == 1:
            if pos < hi:
                s = np.int64(tape[pc + 1])
                if (bits[np.int64(seen[pos]) * width + (s >> 6)] >> np.uint64(s & 63)) & one:
                    pos += 1
                    pc += 4
                else:
                    fail = True
            else:
                fail = True
        elif kind == 7:
            cls = np.int64(seen[pos]) if pos < hi else ends
            at = np.int64(tape[np.int64(tape[pc + 1]) + cls])
            nxt = np.int64(tape[at])
            if nxt < 0:
                fail = True
            else:
                more = at + 1
                if np.int64(tape[more]) >= 0:
                    stack[top] = 6
                    stack[top + 1] = more
                    stack[top + 2] = pos
                    stack[top + 3] = opened
                    top += 8
                pc = nxt
        elif kind in (2, 17):
            s = np.int64(tape[pc + 1])
            word = s >> 6
            bit = np.uint64(s & 63)
            limit = hi - pos
            if np.int64(tape[pc + 3]) < limit:
                limit = np.int64(tape[pc + 3])
            n = 0
            while n < limit and (bits[np.int64(seen[pos + n]) * width + word] >> bit) & one:
                n += 1
            if n < np.int64(tape[pc + 2]):
                fail = True
            else:
                if n > np.int64(tape[pc + 2]) and kind == 2:
                    stack[top] = 1
                    stack[top + 1] = pc
                    stack[top + 2] = pos + n
                    stack[top + 3] = pos + np.int64(tape[pc + 2])
                    stack[top + 4] = opened
                    top += 8
                pos += n
                pc += 4
        elif kind == 4:
            stack[top] = 0
            stack[top + 1] = np.int64(tape[pc + 1])
            stack[top + 2] = pos
            stack[top + 3] = opened
            top += 8
            pc += 4
        elif kind == 5:
            stack[top] = 0
            stack[top + 1] = pc + 4
            stack[top + 2] = pos
            stack[top + 3] = opened
            top += 8
            pc = np.int64(tape[pc + 1])
        elif kind == 6:
            pc = np.int64(tape[pc + 1])
        elif kind == 3:
            s = np.int64(tape[pc + 1])
            word = s >> 6
            bit = np.uint64(s & 63)
            n = 0
            least = np.int64(tape[pc + 2])
            while (
                n < least
                and pos + n < hi
                and (bits[np.int64(seen[pos + n]) * width + word] >> bit) & one
            ):
                n += 1
            if n < least:
                fail = True
            else:
                pos += n
                if n < np.int64(tape[pc + 3]):
                    stack[top] = 2
                    stack[top + 1] = pc
                    stack[top + 2] = pos
                    stack[top + 3] = np.int64(tape[pc + 3]) - n
                    stack[top + 4] = opened
                    top += 8
                pc += 4
        elif kind == 10:
            n = np.int64(tape[pc + 3])
            first = pos - n
            same = first >= lo
            if same:
                for i in range(n):
                    s = np.int64(tape[np.int64(tape[pc + 1]) + i])
                    if (
                        not (
                            bits[np.int64(seen[first + i]) * width + (s >> 6)] >> np.uint64(s & 63)
                        )
                        & one
                    ):
                        same = False
                        break
            if same == (np.int64(tape[pc + 2]) == 1):
                fail = True
            else:
                pc += 4
        elif kind == 11:
            n = np.int64(tape[pc + 3])
            same = pos + n <= hi
            if same:
                for i in range(n):
                    s = np.int64(tape[np.int64(tape[pc + 1]) + i])
                    if (
                        not (bits[np.int64(seen[pos + i]) * width + (s >> 6)] >> np.uint64(s & 63))
                        & one
                    ):
                        same = False
                        break
            if same == (np.int64(tape[pc + 2]) == 1):
                fail = True
            else:
                pc += 4
        elif kind == 8:
            opened = pos
            pc += 4
        elif kind == 9:
            stack[top] = 3
            stack[top + 1] = stack[0]
            stack[top + 2] = stack[1]
            top += 8
            stack[0] = opened
            stack[1] = pos
            pc += 4
        elif kind == 12:
            if pos - np.int64(tape[pc + 3]) < lo:
                if np.int64(tape[pc + 2]) == 1:
                    pc = np.int64(tape[pc + 1])
                else:
                    fail = True
            else:
                stack[top] = 5 if np.int64(tape[pc + 2]) == 1 else 4
                stack[top + 1] = pos
                stack[top + 2] = np.int64(tape[pc + 1])
                stack[top + 3] = barrier
                stack[top + 4] = stack[0]
                stack[top + 5] = stack[1]
                stack[top + 6] = opened
                barrier = top
                top += 8
                pos -= np.int64(tape[pc + 3])
                pc += 4
        elif kind == 13:
            top = barrier
            negative = stack[top] == 5
            pos = stack[top + 1]
            pc = stack[top + 2]
            barrier = stack[top + 3]
            opened = stack[top + 6]
            if negative:
                stack[0] = stack[top + 4]
                stack[1] = stack[top + 5]
                fail = True
            else:
                was0 = stack[top + 4]
                was1 = stack[top + 5]
                stack[top] = 3
                stack[top + 1] = was0
                stack[top + 2] = was1
                top += 8
        elif kind == 14:
            if pos == 0 or pos == lo:
                pc += 4
            else:
                fail = True
        elif kind == 15:
            if pos == hi or (
                pos == hi - 1
                and (bits[np.int64(seen[pos]) * width + (tape[2] >> 6)] >> np.uint64(tape[2] & 63))
                & one
            ):
                pc += 4
            else:
                fail = True
        elif kind == 16:
            if pos == hi:
                pc += 4
            else:
                fail = True
        else:
            return pos
        while fail:
            if top == 8:
                return -1
            top -= 8
            what = stack[top]
            if what == 0:
                pc = stack[top + 1]
                pos = stack[top + 2]
                opened = stack[top + 3]
                fail = False
            elif what == 1:
                pos = stack[top + 2] - 1
                pc = stack[top + 1] + 4
                opened = stack[top + 4]
                if pos > stack[top + 3]:
                    stack[top + 2] = pos
                    top += 8
                fail = False
            elif what == 2:
                pc = stack[top + 1]
                pos = stack[top + 2]
                opened = stack[top + 4]
                s = np.int64(tape[pc + 1])
                if (
                    pos < hi
                    and (bits[np.int64(seen[pos]) * width + (s >> 6)] >> np.uint64(s & 63)) & one
                ):
                    pos += 1
                    if stack[top + 3] > 1:
                        stack[top + 2] = pos
                        stack[top + 3] -= 1
                        top += 8
                    pc += 4
                    fail = False
            elif what == 6:
                at = stack[top + 1]
                pc = np.int64(tape[at])
                pos = stack[top + 2]
                opened = stack[top + 3]
                if np.int64(tape[at + 1]) >= 0:
                    stack[top + 1] = at + 1
                    top += 8
                fail = False
            elif what == 3:
                stack[0] = stack[top + 1]
                stack[1] = stack[top + 2]
            elif what == 4:
                barrier = stack[top + 3]
            else:  # a negative look that found nothing: it holds
                pos = stack[top + 1]
                pc = stack[top + 2]
                barrier = stack[top + 3]
                opened = stack[top + 6]
                stack[0] = stack[top + 4]
                stack[1] = stack[top + 5]
                fail = False


@jit
def found_in(tape, bits, seen, stack, pc, first, lo, hi):
    """Is there a match anywhere within lo..hi: YES, NO, or ASK."""
    one = np.uint64(1)
    width = np.int64(tape[1])
    word = first >> 6
    bit = np.uint64(first & 63)
    for pos in range(lo, hi + 1):
        if first >= 0 and (
            pos == hi or not (bits[np.int64(seen[pos]) * width + word] >> bit) & one
        ):
            continue
        end = run(tape, bits, seen, stack, pc, pos, lo, hi)
        if end >= 0:
            return YES
        if end == -2:
            return ASK
    return NO


@jit
def digit(code):
    return 48 <= code <= 57


@jit
def separator(code):
    """What `fold.digits_of` takes out."""
    return code in (32, 45, 46, 0xB7, 47)


@jit
def upper(code):
    return code - 32 if 97 <= code <= 122 else code


@jit
def a_date(year, month, day):
    if month < 1 or month > 12 or day < 1:
        return False
    days = 31
    if month in (4, 6, 9, 11):
        days = 30
    elif month == 2:
        days = 29 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 28
    return day <= days


@jit
def number_at(codes, s, n):
    total = 0
    for i in range(n):
        total = total * 10 + codes[s + i] - 48
    return total


@jit
def hash_of(codes, s, e, salt):
    """FNV-1a over the salt of the list and the characters."""
    h = (np.uint64(0xCBF29CE484222325) ^ np.uint64(salt)) * np.uint64(0x100000001B3)
    for i in range(s, e):
        code = codes[i]
        if 65 <= code <= 90:
            code += 32
        h = (h ^ np.uint64(code)) * np.uint64(0x100000001B3)
    return h


@jit
def among(table, value):
    """Is the hash in the table of open addresses?"""
    size = np.uint64(table.shape[0] - 1)
    at = value & size
    while table[at] != np.uint64(0):
        if table[at] == value:
            return True
        at = (at + np.uint64(1)) & size
    return False


@jit
def check(which, codes, s, e, work, facts, words):
    """The answer of a twin: YES, NO, or ASK where the plain check must be asked."""
    if which == 0:
        return YES
    latest = facts[0]
    n = 0
    if which in (2, 3, 4, 5):  # numbers without their separators
        for i in range(s, e):
            if not separator(codes[i]):
                if n >= 32:
                    return ASK
                work[n] = codes[i]
                n += 1
    if which == 2:  # resident number
        if n != 18 or not facts[1 + number_at(work, 0, 2)]:
            return NO
        year = number_at(work, 6, 4)
        if year < 1900 or year > latest:
            return NO
        if not a_date(year, number_at(work, 10, 2), number_at(work, 12, 2)):
            return NO
        total = 0
        weight = 1
        for i in range(16, -1, -1):
            weight = weight * 2 % 11
            total += (work[i] - 48) * weight
        want = (12 - total % 11) % 11
        last = upper(work[17])
        return YES if (last == 88 and want == 10) or last - 48 == want else NO
    if which == 3:  # the old one of 15 digits
        if n != 15 or work[0] == 48 or not facts[1 + number_at(work, 0, 2)]:
            return NO
        day = a_date(1900 + number_at(work, 6, 2), number_at(work, 8, 2), number_at(work, 10, 2))
        return YES if day else NO
    if which in (4, 5):  # Luhn; 5: of a bank card, whose issuer `re` is asked about
        total = 0
        for i in range(n):
            value = work[n - 1 - i] - 48
            if i % 2:
                value *= 2
                if value > 9:
                    value -= 9
            total += value
        if total % 10:
            return NO
        if which == 4:
            return YES
        return issuer(work, n)
    if which == 6:  # any digit
        for i in range(s, e):
            if digit(codes[i]):
                return YES
        return NO
    if which == 7:  # telephone: 8 to 22 digits
        for i in range(s, e):
            n += digit(codes[i])
        return YES if 8 <= n <= 22 else NO
    if which == 8:  # e-mail: the last label is no file's ending
        i = e
        while i > s and codes[i - 1] != 46:
            i -= 1
        return NO if among(words, hash_of(codes, i, e, 1)) else YES
    if which == 9:  # English names
        if 0x3400 <= codes[s] <= 0x9FFF:
            return YES
        space = -1
        last = s
        for i in range(s, e):
            code = codes[i]
            if code > 127 or code in (9, 10, 11, 12, 13, 28, 29, 30, 31):
                return ASK
            if code == 32:
                if space < 0:
                    space = i
                last = i + 1
        if space < 0:
            return NO if among(words, hash_of(codes, s, e, 2)) else YES
        if space == s or last == e:
            return ASK
        if not among(words, hash_of(codes, s, space, 3)):
            return NO
        return NO if among(words, hash_of(codes, last, e, 4)) else YES
    if which == 10:  # IPv4: special ranges are asked about
        first = 0
        i = s
        while i < e and digit(codes[i]):
            first = first * 10 + codes[i] - 48
            i += 1
        if first in (0, 10, 100, 127, 169, 172, 192, 198, 203) or first >= 224:
            return ASK
        return YES
    if which == 11:  # IBAN
        for i in range(s, e):
            code = upper(codes[i])
            if code not in (32, 45):
                if n >= 40:
                    return ASK
                work[n] = code
                n += 1
        if n < 5 or facts[101 + (work[0] - 65) * 26 + work[1] - 65] != n:
            return NO
        rest = 0
        for i in range(n):
            code = work[(i + 4) % n]
            if digit(code):
                rest = (rest * 10 + code - 48) % 97
            else:
                rest = (rest * 100 + code - 55) % 97
        return YES if rest == 1 else NO
    if which == 12:  # credit code of an organisation
        letter = False
        total = 0
        weight = 1
        for i in range(18):
            code = upper(codes[s + i])
            value = code - 48 if digit(code) else code - 55
            if not digit(code):
                letter = True
                if code in (73, 79, 83, 86, 90):
                    return NO
                value -= (code > 73) + (code > 79) + (code > 83) + (code > 86)
            if 2 <= i < 8 and not digit(code):
                return NO
            if i < 17:
                total += value * weight
                weight = weight * 3 % 31
            elif value != (31 - total % 31) % 31:
                return NO
        area = number_at(codes, s + 2, 2)
        return YES if letter and (facts[1 + area] or area == 10) else NO
    return ASK


@jit
def issuer(work, n):
    """Issuer ranges of bank cards, and more than two different digits."""
    different = 0
    for d in range(10):
        for i in range(n):
            if work[i] == 48 + d:
                different += 1
                break
    if different <= 2:
        return NO
    one = work[0] - 48
    two = one * 10 + work[1] - 48
    known = False
    if two in (62, 60):
        known = 16 <= n <= 19
    elif two in (64, 65):
        known = n == 16
    elif one == 4:
        known = n in (13, 16, 19)
    elif two in (51, 52, 53, 54, 55):
        known = n == 16
    elif 22 <= two <= 27:
        known = n == 16
    elif two in (34, 37):
        known = n == 15
    elif two == 35:
        known = n == 16
    elif two in (30, 36, 38, 39):
        known = n == 14
    if not known and two in (50, 56, 57, 58):
        known = 12 <= n <= 19
    if not known and two == 95 and work[2] == 53:
        known = 16 <= n <= 19
    return YES if known else NO


_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)


def bit_places() -> np.ndarray:
    """Number of the lowest bit, by its De Bruijn hash."""
    found = np.zeros(64, np.int64)
    for n in range(64):
        found[((1 << n) * int(_DE_BRUIJN) & (2**64 - 1)) >> 58] = n
    return found


@jit
def byte_of(data, base, begin, place):
    """Where in the buffer the character stands: from the last known place onwards."""
    known = place >> 6
    at = begin + base[known]
    for _ in range(place - (known << 6)):
        byte = data[at]
        at += 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
    return at


@jit
def scan(
    data, bounds, classes, folds, marks, first, before, ones, twos, fours, holds, near_of, far_of,
    wild, owner, lowest, rules, tape, bits, facts, words, codes, seen, base, opens, stack, done,
    work, state, found,
):  # fmt: skip
    """Fill `found` with (row, start, end, first byte, last byte, rule, near, ask), row by row.

    state: the row to begin with, and where it stopped for want of room. Returns how many.
    rules: of each: program, group, needs, alone, before, twin, keywords, unless, and of the last
    two the set they begin with, and how far behind and before they are looked for.
    """
    count = 0
    ends = np.int64(tape[0])
    one = np.uint64(1)
    none = np.uint64(0)
    for row in range(state[0], bounds.shape[0] - 1):
        begin = np.int64(bounds[row])
        at = begin
        end = np.int64(bounds[row + 1])
        size = 0
        have = 0
        run_of = 0
        gap = 0
        while at < end:
            byte = data[at]
            if size & 63 == 0:
                base[size >> 6] = at - begin
            if byte < 0x80:
                code = np.int64(byte)
                at += 1
            elif byte < 0xE0:
                code = (np.int64(byte & 0x1F) << 6) | np.int64(data[at + 1] & 0x3F)
                at += 2
            elif byte < 0xF0:
                code = (
                    (np.int64(byte & 0x0F) << 12)
                    | (np.int64(data[at + 1] & 0x3F) << 6)
                    | np.int64(data[at + 2] & 0x3F)
                )
                at += 3
            else:
                code = np.int64(0x10000)
                at += 4
            cls = classes[code]
            mark = marks[cls]
            have |= mark
            if mark & 256:
                run_of = run_of + 1 if gap <= 3 else 1
                gap = 0
                if run_of >= 4:
                    have |= 1
            else:
                gap += 1
            codes[size] = folds[code]
            seen[size] = cls
            size += 1
        if size & 63 == 0:
            base[size >> 6] = at - begin
        # From right to left in blocks: which required characters stand in this block or the
        # next (near), and anywhere behind (ever); then which gates may be open here.
        ever, last = none, none
        blocks = (size + 127) >> 7
        for block in range(blocks - 1, -1, -1):
            here = none
            stop = min(size, (block + 1) << 7)
            for place in range(block << 7, stop):
                here |= holds[seen[place]]
            near = here | last
            ever |= here
            last = here
            low, high = none, none
            for gate in range(near_of.shape[0]):
                if (near_of[gate] & ~near) | (far_of[gate] & ~ever) == none:
                    needs = rules[owner[gate], 2]
                    if needs == 0 or needs & have:
                        if gate < 64:
                            low |= one << np.uint64(gate)
                        else:
                            high |= one << np.uint64(gate - 64)
            opens[block, 0] = low
            opens[block, 1] = high
        for rule in range(rules.shape[0]):
            done[rule, 0] = 0
            done[rule, 1] = -1
        begun = count
        for block in range(blocks):
            open_low, open_high = opens[block, 0], opens[block, 1]
            if open_low | open_high == none:
                continue
            for place in range(block << 7, min(size, (block + 1) << 7)):
                kind = seen[place]
                one_on = np.int64(seen[place + 1]) if place + 1 < size else ends
                two_on = np.int64(seen[place + 2]) if place + 2 < size else ends
                low = open_low & first[0, kind, 0] & first[1, one_on, 0] & first[2, two_on, 0]
                high = open_high & first[0, kind, 1] & first[1, one_on, 1] & first[2, two_on, 1]
                if place > 0:
                    low &= before[seen[place - 1], 0]
                    high &= before[seen[place - 1], 1]
                if low | high == none:
                    continue
                for depth in range(3, first.shape[0]):
                    after = np.int64(seen[place + depth]) if place + depth < size else ends
                    low &= first[depth, after, 0]
                    high &= first[depth, after, 1]
                    if low | high == none:
                        break
                if low | high == none:
                    continue
                tame = not wild[kind]
                for depth in range(1, 4):
                    tame = tame and (place + depth >= size or not wild[seen[place + depth]])
                if tame:
                    spot = np.int64(codes[place])
                    told_low, told_high = ones[spot & 0xFFF, 0], ones[spot & 0xFFF, 1]
                    if place + 1 < size:
                        head = spot * 31_337 ^ np.int64(codes[place + 1]) * 7
                        told_low |= twos[head & 0x7FFF, 0]
                        told_high |= twos[head & 0x7FFF, 1]
                        if place + 3 < size:
                            tail = (
                                np.int64(codes[place + 2]) * 31_337 ^ np.int64(codes[place + 3]) * 7
                            )
                            spot = (head * 61 ^ tail * 13) & 0x7FFF
                            told_low |= fours[spot, 0]
                            told_high |= fours[spot, 1]
                    low &= told_low
                    high &= told_high
                while low | high != none:
                    if low != none:
                        bit = low & (~low + one)
                        low ^= bit
                        gate = lowest[(bit * _DE_BRUIJN) >> np.uint64(58)]
                    else:
                        bit = high & (~high + one)
                        high ^= bit
                        gate = lowest[(bit * _DE_BRUIJN) >> np.uint64(58)] + 64
                    rule = owner[gate]
                    if place < done[rule, 0] or done[rule, 1] == place:
                        continue
                    done[rule, 1] = place
                    stop = run(tape, bits, seen, stack, rules[rule, 0], place, 0, size)
                    if stop == -1:
                        continue
                    s, e = place, stop
                    if rules[rule, 1] and stack[0] >= 0:
                        s, e = stack[0], stack[1]
                    asked = 0
                    near = NO
                    if stop == -2:
                        asked = 2
                        done[rule, 0] = place + 1
                    else:
                        done[rule, 0] = stop + 1 if stop == place else stop
                        if s == e:
                            continue
                        alone = rules[rule, 3]
                        if alone:
                            yes = check(rules[rule, 5], codes, s, e, work, facts, words)
                            if yes == NO:
                                continue
                            if yes == ASK:
                                asked = 1
                        if rules[rule, 6] >= 0:
                            near = found_in(
                                tape,
                                bits,
                                seen,
                                stack,
                                rules[rule, 6],
                                rules[rule, 8],
                                max(0, s - rules[rule, 4]),
                                s,
                            )
                            if near == NO:
                                near = found_in(
                                    tape,
                                    bits,
                                    seen,
                                    stack,
                                    rules[rule, 6],
                                    rules[rule, 8],
                                    e,
                                    min(size, e + rules[rule, 10]),
                                )
                            if near == ASK:
                                asked = 2
                        if not alone:
                            if near == NO:
                                continue
                            yes = check(rules[rule, 5], codes, s, e, work, facts, words)
                            if yes == NO:
                                continue
                            if yes == ASK and asked == 0:
                                asked = 1
                        if rules[rule, 7] >= 0:
                            unless = found_in(
                                tape,
                                bits,
                                seen,
                                stack,
                                rules[rule, 7],
                                rules[rule, 9],
                                max(0, s - rules[rule, 11]),
                                s,
                            )
                            if unless == YES:
                                continue
                            if unless == ASK:
                                asked = 2
                    if count >= found.shape[0]:
                        state[0] = row
                        return begun
                    found[count, 0] = row
                    found[count, 1] = s
                    found[count, 2] = e
                    found[count, 3] = byte_of(data, base, begin, s)
                    found[count, 4] = byte_of(data, base, begin, e)
                    found[count, 5] = rule
                    found[count, 6] = near
                    found[count, 7] = asked
                    count += 1
    state[0] = bounds.shape[0] - 1
    return count


@jit
def settle(rows, layers, starts, stops, order, kept):
    """Of overlapping findings keep the best by `order` (its rank); sorted by row, layer, start."""
    at = 0
    many = rows.shape[0]
    while at < many:
        end = at + 1
        reach = stops[at]
        longest = stops[at] - starts[at]
        while (
            end < many
            and rows[end] == rows[at]
            and layers[end] == layers[at]
            and starts[end] < reach
        ):
            reach = max(reach, stops[end])
            longest = max(longest, stops[end] - starts[end])
            end += 1
        if end == at + 1:
            kept[at] = True
        else:
            ranks = np.argsort(order[at:end])
            for rank in ranks:
                one = at + rank
                clear = True
                other = one - 1
                while clear and other >= at and starts[other] + longest > starts[one]:
                    clear = not (kept[other] and stops[other] > starts[one])
                    other -= 1
                other = one + 1
                while clear and other < end and starts[other] < stops[one]:
                    clear = not kept[other]
                    other += 1
                kept[one] = clear
        at = end
