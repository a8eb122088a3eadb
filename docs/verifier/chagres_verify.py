#!/usr/bin/env python3
"""A second verifier for Chagres proofs: one file, Python 3.9 or newer, standard library only.

    python3 chagres_verify.py --vk model.vk --proof p.proof [--json]
    python3 chagres_verify.py --batch [--jobs N] < lines      # a line: key file, tab, proof file

It prints ACCEPTED and the statement that was proved, or REJECTED and the id of the check that failed. Exit codes: 0 accepted,
1 rejected, 2 unusable arguments or key, 3 nobody reads what it prints. A batch prints one line per input line: "accepted", the id
of the check, or "key" if the file is no key, and exits with 0.

It was written from docs/protocol.md, protocol-graph.md, protocol-opening.md, formats.md and soundness.md only and shares no
code with the verifier in Java. The names are those of these pages, and sections of the pages are cited as "graph 5" and so on.
"""

import argparse
import copy
import functools
import heapq
import json
import math
import os
import struct
import sys
from array import array

MINIMUM_BITS = 100                # every step of the security account is worth at least this, whatever the key says
MAX_ROWS = 1 << 20                # rows of a committed matrix
MAX_COMPONENTS = 4                # of the tuple of a lookup; ids of tables stand at this power of beta
MAX_KEY_BYTES = 1 << 25
MAX_STREAM_BYTES = 1 << 28


class Rejected(Exception):
    """The proof is rejected; the argument is the id of the check."""


class BadKey(Exception):
    """The verifying key is refused: no verdict about any proof."""


_counting = False                 # nothing is checked while messages are only counted


def check(condition, check_id):
    if not condition and not _counting:
        raise Rejected(check_id)


def ceil_log2(n):
    return (n - 1).bit_length()


# ---------------------------------------------------------------- protocol 1: M31 and QM31

P = 2**31 - 1


class F(tuple):
    """An element (c0 + c1 i) + (c2 + c3 i) u of QM31, with i^2 = -1 and u^2 = 2 + i. Integers mix in as elements of M31."""

    __slots__ = ()

    def __add__(x, y):
        a, b, c, d = x
        if type(y) is int:
            return F(((a + y) % P, b, c, d))
        e, f, g, h = y
        return F(((a + e) % P, (b + f) % P, (c + g) % P, (d + h) % P))

    def __sub__(x, y):
        a, b, c, d = x
        if type(y) is int:
            return F(((a - y) % P, b, c, d))
        e, f, g, h = y
        return F(((a - e) % P, (b - f) % P, (c - g) % P, (d - h) % P))

    def __rsub__(x, y):
        a, b, c, d = x
        return F(((y - a) % P, -b % P, -c % P, -d % P))

    def __neg__(x):
        return 0 - x

    def __mul__(x, y):
        a, b, c, d = x
        if type(y) is int:
            return F((a * y % P, b * y % P, c * y % P, d * y % P))
        e, f, g, h = y
        m = c * g - d * h                                  # m + n i = BD, and (2 + i)(m + n i) = (2m - n) + (m + 2n) i
        n = c * h + d * g
        return F(((a * e - b * f + m + m - n) % P, (a * f + b * e + m + n + n) % P,
                  (a * g - b * h + c * e - d * f) % P, (a * h + b * g + c * f + d * e) % P))

    __radd__ = __add__
    __rmul__ = __mul__

    def __pow__(x, n):
        result = ONE
        for _ in range(n):
            result = result * x
        return result

    def inverse(x):
        a, b, c, d = x                                     # 1 / (A + B u) = (A - B u) / (A^2 - (2 + i) B^2)
        m = c * c - d * d
        n = 2 * c * d
        real = a * a - b * b - 2 * m + n
        imaginary = 2 * a * b - m - 2 * n
        scale = pow(real * real + imaginary * imaginary, -1, P)
        real, imaginary = real * scale, -imaginary * scale
        return F((a, b, -c, -d)) * F((real, imaginary, 0, 0))

    def is_zero(x):
        return x == ZERO


ZERO = F((0, 0, 0, 0))
ONE = F((1, 0, 0, 0))
HALF = F((pow(2, -1, P), 0, 0, 0))


def eq(r, s):
    """eq of two points."""
    result = ONE
    for a, b in zip(r, s):
        product = a * b
        result = result * (1 - a - b + product + product)
    return result


def eq_index(r, x):
    """eq of a point and an index."""
    result = ONE
    for i, a in enumerate(r):
        result = result * (a if x >> i & 1 else 1 - a)
    return result


def eq_table(r, count=None):
    """eq of a point and the indices 0 .. count - 1, all of them by default."""
    count = 1 << len(r) if count is None else count
    table = [ONE]
    for i, a in enumerate(r):
        high = [a * t for t in table[:max(0, count - (1 << i))]]
        b = 1 - a
        table = [b * t for t in table] + high
    return table[:count]


def mle(values, r):
    """Multilinear extension of a list of 2^n values (elements or integers)."""
    return total(e * v for e, v in zip(eq_table(r), values))


def total(elements):
    result = ZERO
    for e in elements:
        result = result + e
    return result


def dot_base(integers, elements):
    """Sum of integers times elements, coordinate by coordinate."""
    return F(sum(map(int.__mul__, integers, column)) % P for column in zip(*elements))


# ---------------------------------------------------------------- semantics: exp

def strict_exp(x):
    """exp as fdlibm computes it (e_exp.c, |x| < 700): the same double everywhere."""
    ln2_high, ln2_low, inverse_ln2 = 6.93147180369123816490e-01, 1.90821492927058770002e-10, 1.44269504088896338700e+00
    high_word = struct.unpack("<Q", struct.pack("<d", abs(x)))[0] >> 32
    high, low, k = x, 0.0, 0
    if high_word > 0x3FD62E42:                             # above ln2 / 2
        sign = -1 if x < 0 else 1
        if high_word < 0x3FF0A2B2:                         # below 3 ln2 / 2
            high, low, k = x - sign * ln2_high, sign * ln2_low, sign
        else:
            k = int(inverse_ln2 * x + sign * 0.5)          # truncated
            high, low = x - k * ln2_high, k * ln2_low
        x = high - low
    elif high_word < 0x3E300000:                           # below 2^-28
        return 1.0 + x
    t = x * x
    c = x - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03 + t * (6.61375632143793436117e-05
                 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))))
    if k == 0:
        return 1.0 - ((x * c) / (c - 2.0) - x)
    return math.ldexp(1.0 - ((low - (x * c) / (2.0 - c)) - high), k)


# ---------------------------------------------------------------- protocol 1: BLAKE3

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
FIRST, LAST, PARENT, ROOT, CONTEXT, DERIVED = 1, 2, 4, 8, 32, 64
WORD = 0xFFFFFFFF


def _make_compress():
    """Writes the seven rounds out as straight-line code: Python spends its time on lookups, not on the arithmetic.

    Every word may be an integer of many 64-bit fields with one word of another message in the low half of each: all additions,
    exclusive ors and rotations below act on each field by itself, given a mask M with 32 ones in each field. So one call
    compresses one block or a thousand.
    """
    lines = ["def compress(h, m, t, length, flags, M=0xFFFFFFFF, one=1):",
             " " + ",".join(f"m{i}" for i in range(16)) + ",=m",
             " " + ",".join(f"v{i}" for i in range(8)) + ",=h",
             " " + ";".join(f"v{8 + i}={IV[i]}*one" for i in range(4)),
             " v12=(t&0xFFFFFFFF)*one;v13=(t>>32)*one;v14=length*one;v15=flags*one"]
    order = list(range(16))
    quarters = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    for _ in range(7):
        for g, (a, b, c, d) in enumerate(quarters):
            for word, r1, r2 in ((order[2 * g], 16, 12), (order[2 * g + 1], 8, 7)):
                lines.append(f" v{a}=(v{a}+v{b}+m{word})&M;x=v{d}^v{a};v{d}=(x>>{r1}|x<<{32 - r1})&M;"
                             f"v{c}=(v{c}+v{d})&M;x=v{b}^v{c};v{b}=(x>>{r2}|x<<{32 - r2})&M")
        order = [order[i] for i in (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)]
    lines.append(" return (" + ",".join(f"v{i}^v{i + 8}" for i in range(8)) + ","
                 + ",".join(f"v{i + 8}^h[{i}]" for i in range(8)) + ")")
    scope = {}
    exec("\n".join(lines), scope)
    return scope["compress"]


compress = _make_compress()
_block = struct.Struct("<16I").unpack_from
_digest = struct.Struct("<8I")


PLAIN = IV, 0                                              # a mode: words at the start of chunks and parents, flag of all compressions


def _root_input(message, mode=PLAIN):
    """The arguments of the compression at the root of the tree of a message."""
    start, always = mode
    nodes = []
    for j in range(max(1, (len(message) + 1023) // 1024)):
        chunk = message[1024 * j:1024 * j + 1024]
        h = start
        blocks = max(1, (len(chunk) + 63) // 64)
        padded = chunk + bytes(64 * blocks - len(chunk))
        for i in range(blocks):
            flags = always + (FIRST if i == 0 else 0) + (LAST if i == blocks - 1 else 0)
            node = (h, _block(padded, 64 * i), j, min(64, len(chunk) - 64 * i), flags)
            if i < blocks - 1:
                h = compress(*node)[:8]
        nodes.append(node)
    while len(nodes) > 1:               # pairs from the left, level by level, give the tree of the largest powers of two
        parents = [(start, compress(*nodes[i])[:8] + compress(*nodes[i + 1])[:8], 0, 64, always + PARENT)
                   for i in range(0, len(nodes) - 1, 2)]
        nodes = parents + nodes[2 * len(parents):]
    h, m, t, length, flags = nodes[0]
    return h, m, t, length, flags + ROOT


def blake3(message, mode=PLAIN):
    """H: 32 bytes."""
    return _digest.pack(*compress(*_root_input(message, mode))[:8])


def derived(context):
    """The mode of a context."""
    return _digest.unpack(blake3(context.encode("ascii"), (IV, CONTEXT))), DERIVED


LEAF, NODE, TRANSCRIPT = (derived("chagres/2 2026 " + use) for use in ("leaf", "node", "transcript"))
NODE_BYTES = 28


@functools.lru_cache(maxsize=1 << 16)
def transcript_hash(message):
    """H_t: 32 bytes. Mutants of one proof in a batch share most of their messages, hence the cache."""
    return blake3(message, TRANSCRIPT)


@functools.lru_cache(maxsize=1 << 16)
def xof_block(message, k):
    """Words 16 k .. 16 k + 15 of XOF_t."""
    h, m, _, length, flags = _root_input(message, TRANSCRIPT)
    return compress(h, m, k, length, flags)


def xof_words(message):
    """The words of XOF_t, without end."""
    k = 0
    while True:
        yield from xof_block(message, k)
        k += 1


def _columns_to_fields(rows):
    """Transposes equally long lists of words into integers with one field for each list."""
    return [int.from_bytes(array("Q", column).tobytes(), "little") for column in zip(*rows)]


def _fields_to_rows(fields, count):
    words = []
    for field in fields:
        unpacked = array("Q")
        unpacked.frombytes(field.to_bytes(8 * count, "little"))
        words.append(unpacked)
    return list(zip(*words))


if sys.byteorder == "little":
    columns_to_fields, fields_to_rows = _columns_to_fields, _fields_to_rows
else:                                                      # the array type has the byte order of the machine
    def columns_to_fields(rows):
        return [sum(word << 64 * i for i, word in enumerate(column)) for column in zip(*rows)]

    def fields_to_rows(fields, count):
        return [tuple(field >> 64 * i & WORD for field in fields) for i in range(count)]


@functools.lru_cache(maxsize=256)
def hash_many(messages, mode):
    """The nodes of a Merkle tree that are the hashes of a tuple of equally long messages, each of whole words: a field for each
    message."""
    start, always = mode
    count = len(messages)
    one = int.from_bytes((b"\1" + bytes(7)) * count, "little")
    mask = WORD * one
    length = len(messages[0])
    iv = tuple(word * one for word in start)
    chunks = max(1, (length + 1023) // 1024)
    nodes = []
    for j in range(chunks):
        size = min(1024, length - 1024 * j)
        blocks = max(1, (size + 63) // 64)
        padding = bytes(64 * blocks - size)
        parts = [message[1024 * j:1024 * j + size] + padding for message in messages]
        h = iv
        for i in range(blocks):
            flags = always + (FIRST if i == 0 else 0) + (LAST if i == blocks - 1 else 0)
            flags += ROOT if chunks == 1 and i == blocks - 1 else 0
            block = columns_to_fields([_block(part, 64 * i) for part in parts])
            h = compress(h, block, j, min(64, size - 64 * i), flags, mask, one)[:8]
        nodes.append(h)
    while len(nodes) > 1:
        flags = always + PARENT + (ROOT if len(nodes) == 2 else 0)
        parents = [compress(iv, nodes[i] + nodes[i + 1], 0, 64, flags, mask, one)[:8] for i in range(0, len(nodes) - 1, 2)]
        nodes = parents + nodes[2 * len(parents):]
    return tuple(_digest.pack(*words)[:NODE_BYTES] for words in fields_to_rows(nodes[0], count))


# ---------------------------------------------------------------- protocol 2: transcript

class Stream:
    """The bytes of the proof after the statement, read once from left to right by all forks."""

    def __init__(self, data, position):
        self.data = data
        self.position = position

    def hint(self, n):
        check(n <= len(self.data) - self.position, "format/truncated")
        self.position += n
        return self.data[self.position - n:self.position]


def tagged(tag):
    data = tag.encode("ascii")
    return struct.pack("<I", len(data)) + data


class Transcript:
    def __init__(self, stream, state=None):
        self.stream = stream
        self.state = transcript_hash(b"chagres/2") if state is None else state

    def absorb(self, tag, data):
        self.state = transcript_hash(self.state + b"\1" + tagged(tag) + struct.pack("<Q", len(data)) + data)

    def _words(self, tag):
        words = xof_words(self.state + b"\2" + tagged(tag))
        self.state = transcript_hash(self.state + b"\3" + tagged(tag))
        return words

    def draw(self, tag, n):
        coordinates = []
        if n == 0:
            self._words(tag)
            return []
        for word in self._words(tag):
            word &= P
            if word != P:
                coordinates.append(word)
                if len(coordinates) == 4 * n:
                    return [F(coordinates[i:i + 4]) for i in range(0, 4 * n, 4)]

    def draw_one(self, tag):
        return self.draw(tag, 1)[0]

    def positions(self, tag, n, bits):
        """n positions, sorted and without repetitions."""
        words = self._words(tag)
        return sorted({next(words) & (1 << bits) - 1 for _ in range(n)})

    def work(self, check_id, tag, bits):
        nonce = self.stream.hint(8)
        digest = transcript_hash(self.state + b"\4" + tagged(tag) + nonce)
        check(int.from_bytes(digest, "big") >> 256 - bits == 0, check_id)
        self.state = digest

    def fork(self, i):
        return Transcript(self.stream, transcript_hash(self.state + b"\5" + struct.pack("<I", i)))

    def recv(self, tag, n):
        data = self.stream.hint(16 * n)
        words = struct.unpack(f"<{4 * n}I", data)
        check(max(words, default=0) < P, "format/canonical")
        self.absorb(tag, data)
        return [F(words[i:i + 4]) for i in range(0, 4 * n, 4)]

    def recv_one(self, tag):
        return self.recv(tag, 1)[0]

    def recv_bytes(self, tag, n):
        data = self.stream.hint(n)
        self.absorb(tag, data)
        return data


# ---------------------------------------------------------------- graph 1: shapes

def rows_of(n):
    """Bits and blocks of Rows(n)."""
    bits = min(7, max(4, ceil_log2(n)))
    return bits, (n + (1 << bits) - 1) >> bits


class Width:
    def __init__(self, bits, count):
        self.bits = bits
        self.count = count
        self.padded = count << bits

    @staticmethod
    def of(n):
        limit = max(n + n // 32, 16 * ((n + 15) // 16))
        for bits in range(12, -1, -1):
            count = (n + (1 << bits) - 1) >> bits
            if count << bits <= limit:
                return Width(bits, count)


class Shape:
    """Low axes (name, bits) and high axes (name, count). In a causal shape, block' <= block."""

    def __init__(self, low, high, causal=False):
        self.low = low
        self.high = high
        self.causal = causal
        self.bits = sum(bits for _, bits in low)
        self.tiles = 1
        for _, count in high:
            self.tiles *= count
        if causal:                                         # the last two axes are block' and block
            blocks = high[-1][1]
            self.tiles = self.tiles // blocks * (blocks + 1) // 2
        self._positions = None
        self._maps = {}

    def positions(self):
        """The positions of the tiles on the high axes."""
        if self._positions is None:
            result = [()]
            for axis, (_, count) in enumerate(self.high):
                result = [t + (i,) for i in range(count) for t in result]
                if self.causal and axis == len(self.high) - 1:
                    result = [t for t in result if t[-2] <= t[-1]]
            self._positions = result
        return self._positions

    def weights(self, coordinates):
        """The weight of every tile for an evaluation at coordinates by axis."""
        tables = [eq_table(coordinates[name], count) for name, count in self.high]
        if self.causal:
            last, second = tables[-1], tables[-2]
            pairs = [[b * c for b in second[:i + 1]] for i, c in enumerate(last)]
            inner = [ONE]
            for table in tables[:-2]:
                inner = [w * c for c in table for w in inner]
            return [w * pair for row in pairs for pair in row for w in inner]
        result = [ONE]
        for table in tables:
            result = [w * c for c in table for w in result]
        return result

    def low_point(self, coordinates):
        return [c for name, _ in self.low for c in coordinates[name]]

    def split(self, point):
        """Coordinates by axis of a point: low axes, then high axes."""
        coordinates = {}
        at = 0
        for name, bits in self.low + [(name, ceil_log2(count)) for name, count in self.high]:
            coordinates[name] = point[at:at + bits]
            at += bits
        return coordinates

    def split_low(self, point):
        coordinates = {}
        at = 0
        for name, bits in self.low:
            coordinates[name] = point[at:at + bits]
            at += bits
        return coordinates

    def variables(self):
        return self.bits + sum(ceil_log2(count) for _, count in self.high)

    def onto(self, target, weights):
        """Weights summed over the high axes that the target lacks."""
        if target is self:
            return weights
        if id(target) not in self._maps:
            axes = [i for i, (name, _) in enumerate(self.high) if any(name == other for other, _ in target.high)]
            index = {position: i for i, position in enumerate(target.positions())}
            self._maps[id(target)] = target, [index[tuple(position[i] for i in axes)] for position in self.positions()]
        sums = [ZERO] * target.tiles
        for tile, weight in zip(self._maps[id(target)][1], weights):
            sums[tile] = sums[tile] + weight
        return sums

    def sums(self, axis, weights):
        """Weights summed over all axes but one, a list over the positions on that axis."""
        i = [name for name, _ in self.high].index(axis)
        sums = [ZERO] * self.high[i][1]
        for position, weight in zip(self.positions(), weights):
            sums[position[i]] = sums[position[i]] + weight
        return sums

    def polynomial(self, weights, *coordinates):
        """The weights polynomial of graph 4, one point for each high axis."""
        return total(w * t for w, t in zip(weights, self.weights({axis: c for (axis, _), c in zip(self.high, coordinates)})))


class Column:
    def __init__(self, name, shape):
        self.name = name
        self.shape = shape
        self.piece_bits = 0
        self.addresses = None                              # of pieces, in the list of all rows


# ---------------------------------------------------------------- formats: verifying key

class Layer:
    """Public numbers of a layer."""


def half(s):
    return 1 << s - 1 if s else 0


def rsh(x, s):
    return x + half(s) >> s


class Key:
    """A verifying key. Everything is checked here; a key that exists is usable."""

    def __init__(self, data):
        self.data = data
        self.at = 0
        self.digest = blake3(data)
        self.read()
        self.derive()

    def need(self, condition, what):
        if not condition:
            raise BadKey(what)

    def take(self, n):
        self.need(0 <= n <= len(self.data) - self.at, "the file ends early")
        self.at += n
        return self.data[self.at - n:self.at]

    def number(self, low, high, what):
        value, = struct.unpack("<i", self.take(4))
        self.need(low <= value <= high, f"{what} is {value}")
        return value

    def text(self, limit, what):
        data = self.take(self.number(0, limit, "length of " + what))
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            raise BadKey(what + " is not UTF-8") from None
        return data

    def read(self):
        self.need(len(self.data) <= MAX_KEY_BYTES, "the file is too long")
        self.need(self.take(8) == b"CHGRSVK4", "no verifying key of version 4")
        number = self.number
        self.need(self.text(64, "family") == b"decoder", "unknown model family")
        self.name = self.text(255, "name").decode("utf-8")
        # For texts only, which this program does not print: any bytes, although part of the digest.
        self.take(number(1, 1 << 24, "length of the tokenizer"))

        length = number(0, P, "length of the description")
        start = self.at
        self.layers = number(1, 256, "layers")
        self.heads = number(1, 1 << 12, "heads")
        self.key_heads = number(1, self.heads, "key heads")
        self.need(self.heads % self.key_heads == 0, "key heads")
        self.head_width = number(1, 1 << 12, "head width")
        self.width = number(1, 1 << 12, "width")
        self.mlp_width = number(1, 1 << 20, "MLP width")
        self.vocabulary = number(1, 1 << 24, "vocabulary")
        self.context = number(1, 1 << 20, "context")
        self.ends = []
        for _ in range(number(0, 8, "number of end-of-text ids")):
            self.ends.append(number(self.ends[-1] + 1 if self.ends else 0, self.vocabulary - 1, "end-of-text id"))
        self.need(len(self.ends) < self.vocabulary, "every id ends a text")
        self.rotary = number(0, 1, "kind of positions") == 1
        self.embedding_shift = 0
        if self.rotary:
            self.scale_bits = number(1, 13, "scale bits of the rotation")
            self.rotation_shift = self.scale_bits + number(0, 8, "fraction bits of the rotation")
            self.need(self.rotation_shift <= 16, "shift of the rotation")
            self.embedding_shift = number(0, 11, "embedding shift")
            self.need(self.head_width % 2 == 0, "head width")
        self.group_shift = 4 if self.width <= 1024 else 6
        squares = self.width * (4192256 >> self.group_shift)
        self.eps = [number(0, 2**29 - 1 - squares, "eps") for _ in range(16)]
        self.need(self.eps[0] >= 1 << 14, "eps_0")
        self.norm_shift = number(1, 20, "norm shift")
        self.n_bits = number(2, 30 - self.norm_shift, "bits of n")
        exp_bits = number(4, 20, "exp bits")
        self.exp, self.rmax = self.exponential(exp_bits, *struct.unpack("<d", self.take(8)))
        self.support = len(self.exp) - 2
        self.o_shift = exp_bits - 3
        self.o_bits = number(2, 30 - self.o_shift, "bits of o")
        self.mask_offset = number(0, 1 << 29, "mask offset")
        self.reach = number(self.support, min(self.mask_offset, 2**30 - 1 - self.mask_offset), "reach")
        self.qk_bound = number(1, 1 << 12, "bound of q and k")
        self.v_bound = number(1, 1 << 12, "bound of v")
        self.hidden_bound = number(0, (1 << 15) - 1, "bound of g")
        self.need(self.mask_offset >= 2 * (1 << ceil_log2(self.head_width)) * self.qk_bound**2 + self.support, "mask offset")
        self.need(self.v_bound * self.rmax < 1 << 29, "Rmax times bound of v")
        self.need(self.context * self.exp[0] < P, "sum of a row at L - 1")
        self.need(self.context * self.exp[1] <= self.rmax + P - 2**30, "sum of a row at L")
        self.layer = [self.read_layer() for _ in range(self.layers)]
        gated = any(layer.gated for layer in self.layer)
        self.need(gated == (self.hidden_bound > 0), "bound of g")
        if self.rotary:
            self.read_rotation()
        self.need(self.at - start == length, "length of the description")

        length = number(0, P, "length of the parameters")
        start = self.at
        self.k = number(6, 24, "log2 of the row length")
        self.rate, self.queries, self.grinding, self.fold_grinding = [], [], [], []
        self.lanes = [0]
        self.read_level()
        self.lookup_grinding = number(0, 40, "lookup grinding bits")
        self.target_bits = number(1, 112, "target bits")
        levels = number(0, 16, "number of levels")
        for _ in range(levels):
            self.lanes.append(number(1, 10, "lane bits"))
            self.read_level()
        self.need(4 <= self.k - sum(self.lanes) <= 12, "lane bits")
        self.need(self.at - start == length == 4 * (8 + 5 * levels), "length of the parameters")
        self.root = self.take(NODE_BYTES)
        self.need(self.at == len(self.data), "bytes are left over")

    def exponential(self, b, unit):
        """EXP[-1], EXP[0], ... up to the first 0, and Rmax."""
        one = float(1 << b)
        self.need(0 < unit < 20 and one * strict_exp(unit) < 1 << 24, "unit of a score")
        self.need((b + 1) * math.log(2) / unit < (1 << 20) + 1, "support")     # far from the edge, where it is not exact
        values = []
        while not values or values[-1]:
            values.append(math.floor(one * strict_exp(-(len(values) - 1) * unit) + 0.5))
        rmax = math.floor(one * strict_exp(unit / 2) + 0.5)
        self.need(len(values) - 2 <= 1 << 20 and rmax <= 1 << 21 and values[0] < 1 << 24, "support")
        self.need(all(a >= b for a, b in zip(values, values[1:])) and values[1] <= rmax < values[0], "EXP")
        return values, rmax

    def read_level(self):
        self.rate.append(self.number(1, 5, "rate bits"))
        self.queries.append(self.number(1, 4096, "queries"))
        self.grinding.append(self.number(0, 40, "grinding bits"))
        self.fold_grinding.append(self.number(0, 40, "fold grinding bits"))

    def interval(self, shift, low, count):
        self.need(-(1 << 30 - shift) <= low <= 1 << 30 - shift, "lowest of an interval")
        self.need(1 <= count <= P >> shift, "size of an interval")

    def read_layer(self):
        number = self.number
        layer = Layer()
        layer.projections = []                             # query, key, value: shift, lowest and highest u
        for _ in range(3):
            shift = number(1, 16, "shift")
            low = number(-2**31, P, "lowest u")
            high = number(-2**31, P, "highest u")
            self.interval(shift, low, high - low + 1)
            layer.projections.append((shift, low, high))
        layer.output = self.read_write()
        layer.gated = number(0, 1, "kind of an MLP") == 1
        layer.up_shift = number(1, 14 if layer.gated else 16, "up shift")
        layer.activation_low = number(-2**31, P, "lowest index of an activation")
        layer.activation_entries = number(1, 1 << 18, "entries of an activation")
        self.interval(layer.up_shift, layer.activation_low, layer.activation_entries)
        if layer.gated:
            a = number(-1 << 14, 0, "least activation"), number(0, (1 << 14) - 1, "largest activation")
            b = number(1 - (1 << 15), 0, "least factor of a gate"), number(0, (1 << 15) - 1, "largest factor of a gate")
            layer.product_shift = number(4, 16, "shift of a product")
            products = [x * y for x in a for y in b]
            self.need(max(map(abs, products)) < 1 << 29, "product of a gate")
            layer.product = tuple(rsh(f(products), layer.product_shift) for f in (min, max))
            self.interval(layer.product_shift, layer.product[0], layer.product[1] - layer.product[0] + 1)
        layer.down = self.read_write()
        return layer

    def read_write(self):
        """Shift, lowest and highest quotient of a residual write."""
        shift = self.number(0, 12, "shift of a residual write")
        if shift <= 3:
            return shift, 0, 0
        low = self.number(-(1 << 30 - shift), 0, "lowest quotient of a write")
        high = self.number(0, 1 << 30 - shift, "highest quotient of a write")
        self.need(high - low + 1 <= min(1 << 24, P >> shift), "quotients of a write")
        return shift, low, high

    def read_rotation(self):
        """Bits of what is rotated, and the largest index of the clamp after it."""
        rotated = [p for layer in self.layer for p in layer.projections[:2]]
        self.rotated_bits = r = next(b for b in range(4, 40) if all(-(1 << b - 1) <= low and high < 1 << b - 1 for _, low, high in rotated))
        self.need(r <= 22, "bits of what is rotated")
        self.need(all(r + shift <= 30 for shift, _, _ in rotated), "what is rotated is no one residue class")
        largest = math.isqrt(2 * ((1 << r - 1) * ((1 << self.scale_bits) + 1))**2) + 1
        self.need(largest <= (1 << 30) - (9 << self.rotation_shift), "rotated value")
        self.rotated = rsh(largest, self.rotation_shift)

    def derive(self):
        """Shapes and tables that do not depend on the sequence, and the layout of the key matrix."""
        self.D = D = Width.of(self.width)
        self.A = A = Width(ceil_log2(self.head_width), self.heads)
        self.K = K = Width(A.bits, self.key_heads)
        self.M = M = Width.of(self.mlp_width)
        self.W = W = Width.of(self.vocabulary)
        mlps = 2 * self.layers + sum(layer.gated for layer in self.layer)
        tiles = D.count * (self.layers * 2 * (A.count + K.count) + mlps * M.count + 2 * W.count + self.context // 128)
        self.need(tiles <= 1 << 20, "too many tiles of weights")
        size = D.padded * (self.layers * 2 * (A.padded + K.padded) + mlps * M.padded + 2 * W.padded + self.context)
        self.need(1 <= size <= 1 << 34, "too many weights")

        self.tables = Tables(self)
        self.columns = columns = []

        def column(name, shape):
            columns.append(Column(name, shape))
            return columns[-1]

        def weight(name, X, Y):
            return (column(name + ".weight", Shape([("k", X.bits), ("j", Y.bits)], [("k^", X.count), ("j^", Y.count)])),
                    column(name + ".bias", Shape([("j", Y.bits)], [("j^", Y.count)])))

        self.tokens = column("embedding.token", Shape([("channel", D.bits), ("token", W.bits)],
                                                      [("channel^", D.count), ("token^", W.count)]))
        b = min(7, max(4, ceil_log2(self.context)))
        self.position_bits = b
        parts = (self.context + (1 << b) - 1) >> b
        if self.rotary:
            angles = Shape([("position", b), ("channel", A.bits - 1)], [("part", parts)])
            self.cos, self.sin = column("rotation.cos", angles), column("rotation.sin", angles)
        else:
            self.positions = column("embedding.position", Shape([("position", b), ("channel", D.bits)],
                                                                [("channel^", D.count), ("part", parts)]))
        self.weights = {}
        for i, layer in enumerate(self.layer):
            maps = [("query", D, A), ("key", D, K), ("value", D, K), ("output", A, D), ("gate", D, M), ("up", D, M), ("down", M, D)]
            for name, X, Y in maps:
                if name != "gate" or layer.gated:
                    self.weights[f"layer{i}.{name}"] = weight(f"layer{i}.{name}", X, Y)
        self.weights["head"] = weight("head", D, W)
        for table in self.tables.list:
            columns.extend(table.key_columns())
        self.rows = layout(columns, self.k, 0)
        self.need(self.rows is not None, "the key matrix has too many rows")
        self.coeff = [self.k]
        for lanes in self.lanes[1:]:
            self.coeff.append(self.coeff[-1] - lanes)
        self.code = [c + r for c, r in zip(self.coeff, self.rate)]


# ---------------------------------------------------------------- graph 3: tables

class Affine:
    """The table column base + (i mod 2^width)."""

    def __init__(self, base=0, width=31):
        self.base = base
        self.width = width

    def evaluate(self, start, z):
        result = ZERO + (self.base + start % (1 << self.width))
        for k, coordinate in enumerate(z[:self.width]):
            result = result + coordinate * (1 << k)
        return result


class Digit:
    """The table column (i >> shift) mod 2^shift."""

    def __init__(self, shift):
        self.shift = shift

    def at(self, i):
        return i >> self.shift & (1 << self.shift) - 1

    def evaluate(self, start, z):
        result = ZERO + self.at(start)
        for k, coordinate in enumerate(z[self.shift:2 * self.shift]):
            result = result + coordinate * (1 << k)
        return result


class Log2:
    """floor(log2 i) for i < 2^16, 31 for i = 0."""

    def evaluate(self, start, z):
        above, v = ONE, ZERO
        for k in range(15, -1, -1):
            v = v + k * (above * z[k])
            above = above * (1 - z[k])
        return v + 31 * above


class Listed:
    def __init__(self, values):
        self.values = values

    def evaluate(self, start, z):
        return mle(self.values, z)


class Defined:
    """The table column f(i), f any function."""

    def __init__(self, f):
        self.f = f

    def evaluate(self, start, z):
        split = min(8, len(z))
        inner = eq_table(z[:split])
        parts = (dot_base([self.f(start + (j << split) + i) for i in range(1 << split)], inner) for j in range(1 << len(z) - split))
        return total(e * part for e, part in zip(eq_table(z[split:]), parts))


class Table:
    def __init__(self, number, bits, starts, columns):
        self.number = number
        self.bits = bits
        self.starts = starts
        self.columns = columns                             # Affine, Digit, Log2, Listed, Defined, or the key column
        assert len(columns) <= MAX_COMPONENTS
        self.shape = Shape([("entry", bits)], [("part", len(starts))])

    def key_columns(self):
        return [c for c in self.columns if isinstance(c, Column)]


class Tables:
    """All tables of a key, in order of creation."""

    def __init__(self, key):
        self.key = key
        self.list = []
        self.ranges = {}
        self.clamps = {}
        self.pairs = {}
        self.writes = {}
        self.activations = []
        self.norm_e = self.add(4, [0], [Affine(), Listed([1 << i for i in range(16)]), Listed(key.eps),
                                        Listed([int(i > 0) for i in range(16)])])
        k = [i % 8 for i in range(16)]
        self.norm_k = self.add(4, [0], [Listed(k), Listed([4**i for i in k]), Listed([2**i for i in k]), Listed([2**i // 2 for i in k])])
        self.log2 = self.add(16, [0], [Affine(), Log2()])
        self.norm_peak = self.add(10, [0, 1024, 2048, 3072, 4096, 7168], [Affine(-2048)])
        self.norm_rsqrt = self.add(14, [1 << 14, 2 << 14, 3 << 14], [Affine(), self.key_column("norm.rsqrt", 14, 3)])
        for b in (12, key.norm_shift, key.n_bits, 13, 9, key.group_shift, 17 - key.group_shift):
            self.range(b)
        bits = self.tile_bits(key.mask_offset + key.reach + 1)
        near = key.reach >> bits
        far = key.mask_offset - key.reach >> bits, key.mask_offset + key.reach >> bits
        starts = [t << bits for t in (*range(near + 1), *range(max(near + 1, far[0]), far[1] + 1))]
        exp = key.exp
        self.exp = self.add(bits, starts,
                            [Affine(), Defined(lambda i: exp[i + 1] if i + 1 < len(exp) else 0),
                             Defined(lambda i: exp[i] if i < len(exp) else 0)])
        self.exp_tiles = (key.support >> bits) + 1         # all other tiles have zeros
        for layer in key.layer:
            for role, (shift, _, _) in enumerate(layer.projections):
                self.range(shift)
                if key.rotary and role < 2:
                    self.range(key.rotated_bits)
                else:
                    self.clamp(self.bound(role), shift)
            if key.rotary:
                self.range(key.rotation_shift)
                self.clamp(key.qk_bound, key.rotation_shift)
            for b in (16, 14, key.o_shift, key.o_bits, layer.output[0]):
                self.range(b)
            self.write(layer.output[0])
            bits = self.fitting_bits(layer.activation_entries, layer.up_shift)
            starts = self.consecutive(layer.activation_entries, bits)
            self.activations.append(self.add(bits, starts, [Affine(layer.activation_low), self.key_column("activation", bits, len(starts))]))
            if not layer.gated:
                self.range(layer.up_shift)
            else:
                if layer.up_shift <= 9:
                    self.pair(layer.up_shift)
                else:
                    self.range(layer.up_shift)
                self.range(16)
                self.range(layer.product_shift)
                self.clamp(key.hidden_bound, layer.product_shift)
            self.range(layer.down[0])
            self.write(layer.down[0])
        self.high = self.add(11, self.consecutive(15 << 11, 11), [Affine()])
        self.range(15)

    def bound(self, role):
        return self.key.v_bound if role == 2 else self.key.qk_bound

    def add(self, bits, starts, columns):
        self.list.append(Table(len(self.list) + 1, bits, starts, columns))
        return self.list[-1]

    @staticmethod
    def key_column(name, bits, tiles):
        return Column(name, Shape([("entry", bits)], [("part", tiles)]))

    def range(self, b):
        if b not in self.ranges:
            self.ranges[b] = self.add(max(4, b), [0], [Affine(0, b)])
        return self.ranges[b]

    def pair(self, b):
        if b not in self.pairs:
            bits = min(16, max(4, 2 * b))
            self.pairs[b] = self.add(bits, self.consecutive(1 << 2 * b, bits), [Affine(0, b), Digit(b)])
        return self.pairs[b]

    def write(self, shift):
        """The table of the quotients of wide writes with a shift, None for a narrow one."""
        if shift > 3 and shift not in self.writes:
            users = [w for layer in self.key.layer for w in (layer.output, layer.down) if w[0] == shift]
            low = min(w[1] for w in users)
            count = max(w[2] for w in users) - low + 1
            self.key.need(count <= 1 << 24, "a table of quotients is too large")
            bits = self.fitting_bits(count, shift)
            self.writes[shift] = self.add(bits, self.consecutive(count, bits), [Affine(low)])
        return self.writes.get(shift)

    def clamp_users(self):
        """Bound, shift, lowest and highest u of whatever is clamped."""
        key = self.key
        for layer in key.layer:
            for role, (shift, low, high) in enumerate(layer.projections):
                if key.rotary and role < 2:
                    yield key.qk_bound, key.rotation_shift, -key.rotated, key.rotated
                else:
                    yield self.bound(role), shift, low, high
            if layer.gated:
                yield key.hidden_bound, layer.product_shift, *layer.product

    def clamp(self, bound, shift):
        if (bound, shift) not in self.clamps:
            users = [user[2:] for user in self.clamp_users() if user[:2] == (bound, shift)]
            low = min(low for low, _ in users)
            count = max(high for _, high in users) - low + 1
            self.key.need(count <= 1 << 20, "a clamp table is too large")
            bits = self.fitting_bits(count, shift)
            starts = self.consecutive(count, bits)
            self.clamps[bound, shift] = self.add(bits, starts, [Affine(low), Defined(lambda i: min(max(low + i, -bound), bound))])
        return self.clamps[bound, shift]

    @staticmethod
    def tile_bits(n):
        return min(16, max(4, ceil_log2(n) - 3))

    def fitting_bits(self, n, shift):
        for bits in range(self.tile_bits(n), 3, -1):
            if (n + (1 << bits) - 1) >> bits << bits <= P >> shift:
                return bits
        raise BadKey("no tile size fits a table")

    @staticmethod
    def consecutive(n, bits):
        return range(0, (n + (1 << bits) - 1) >> bits << bits, 1 << bits)


# ---------------------------------------------------------------- opening 2: layout

def layout(columns, k, first_row):
    """Places all columns from a row on; the number of rows of the matrix, or None if there are too many."""
    rows = 0
    holes = [[] for _ in range(k + 1)]
    for column in columns:
        low = column.shape.bits
        column.piece_bits = b = min(k, max(low, min(8, k)))
        addresses = array("Q")
        for _ in range(column.shape.tiles << max(0, low - k)):
            s = b
            while s <= k and not holes[s]:
                s += 1
            if s <= k:
                address = heapq.heappop(holes[s])
            else:
                address = rows << k
                rows += 1
                s = k
                if rows > MAX_ROWS:
                    return None
            while s > b:
                s -= 1
                heapq.heappush(holes[s], address + (1 << s))
            addresses.append(address + (first_row << k))
        column.addresses = addresses
    return max(1, rows)


# ---------------------------------------------------------------- graph 2 and 5: sections and operations

class Virtual:
    """A tensor that is not committed; its claim comes from the segment that has it."""

    def __init__(self):
        self.claim = None                                  # low point, weights, value


class Linear:
    def __init__(self, terms, offset=0):
        self.terms = terms                                 # (column, scale)
        self.offset = offset


class Segment:
    def __init__(self, shape, table, *components):
        self.shape = shape
        self.table = table
        self.components = [Linear([(c, 1)]) if isinstance(c, Column) else c for c in components]


class Graph:
    """Sections, operations, columns and shapes for a key and the lengths of a sequence."""

    def __init__(self, key, rows, generated):
        self.key = key
        self.tables = key.tables
        self.row_bits, self.blocks = rows_of(rows)
        self.G_bits, self.G_blocks = rows_of(generated)
        row, block = ("row", self.row_bits), ("block", self.blocks)
        self.act_shapes = {}
        self.rows = Shape([row], [block])
        self.heads = Shape([row], [("head", key.heads), block])
        self.scores = Shape([row, ("row'", self.row_bits)], [("head", key.heads), ("block'", self.blocks), block], causal=True)
        self.logits = Shape([("row", self.G_bits), ("token", key.W.bits)], [("token^", key.W.count), ("block", self.G_blocks)])
        self.chosen = Shape([("row", self.G_bits)], [("block", self.G_blocks)])
        self.columns = []
        self.sections = []
        stream = None
        for i in range(key.layers):
            name = f"layer{i}"
            layer = key.layer[i]
            operations = []
            if i == 0:
                operations.append(Embedding(self, "embedding"))
                stream = operations[0].x
            norm1 = Norm(self, name + ".norm1", stream)
            qkv = []
            for role, (part, Y) in enumerate((("query", key.A), ("key", key.K), ("value", key.K))):
                shift = layer.projections[role][0]
                clamp = None if key.rotary and role < 2 else self.tables.clamps[self.tables.bound(role), shift]
                qkv.append(Projection(self, f"{name}.{part}", norm1.n, key.D, Y, shift, clamp))
            rotations = []
            if key.rotary:
                rotations = [Rotation(self, f"{p.name}Rotation", p.u, p.Y) for p in qkv[:2]]
            attention = Attention(self, name + ".attention", *[o.out for o in (rotations or qkv[:2]) + qkv[2:]])
            output = Residual(self, name + ".output", attention.o, key.A, layer.output[0], stream)
            norm2 = Norm(self, name + ".norm2", output.x)
            if layer.gated:
                up = Gated(self, name, norm2.n, key.D, key.M, i)
            else:
                up = Projection(self, name + ".up", norm2.n, key.D, key.M, layer.up_shift, self.tables.activations[i])
            down = Residual(self, name + ".down", up.out, key.M, layer.down[0], output.x)
            stream = down.x
            self.sections.append(operations + [norm1, *qkv, *rotations, attention, output, norm2, up, down])
        norm = Norm(self, "head.norm", stream)
        self.sections.append([norm, Head(self, "head", norm.n)])
        self.multiplicities = [self.column("multiplicity", table.shape) for table in self.tables.list]

        segments = [s for section in self.sections for operation in section for s in operation.segments]
        lookups = {}                                       # by number of the table
        for s in segments:
            lookups[s.table.number] = lookups.get(s.table.number, 0) + (s.shape.tiles << s.shape.bits)
        check(max(lookups.values()) < P, "statement/lookups")
        self.leaves = sum(lookups.values()) + sum(t.shape.tiles << t.bits for t in self.tables.list)
        self.witness_rows = layout(self.columns, key.k, 0)
        check(self.witness_rows is not None, "statement/size")
        self.claims = None                                 # how many there are, once somebody has counted them
        self.variables = key.k + ceil_log2(self.witness_rows + key.rows)
        self.elements = None                               # how many its forks receive, counted alike
        self.longest = None                                # bytes of a stream

    def act(self, X):
        if X not in self.act_shapes:
            self.act_shapes[X] = Shape([("row", self.row_bits), ("channel", X.bits)], [("channel^", X.count), ("block", self.blocks)])
        return self.act_shapes[X]

    def column(self, name, shape):
        self.columns.append(Column(name, shape))
        return self.columns[-1]


class Embedding:
    def __init__(self, graph, name):
        self.graph = graph
        self.name = name
        self.x = graph.column(name + ".x", graph.act(graph.key.D))
        self.segments = []

    def reduce(self, v):
        key = self.graph.key
        q = v.draw_shape(self.name + "/point", self.x.shape)
        a = v.open_at(self.x, q)
        b = ZERO
        if not key.rotary:
            positions = key.positions.shape
            low = q["row"] + [ZERO] * (key.position_bits - len(q["row"])) + q["channel"]
            weights = self.x.shape.weights(q) + [ZERO] * (positions.tiles - self.x.shape.tiles)
            b = v.open(key.positions, low, weights)
        tag = self.name + "/tokens"
        W = key.W
        p, claim = v.sumcheck(tag, a - b, ("token", W.bits, 2), ("token^", ceil_log2(W.count), 2))
        by_id = {}
        ids = v.ids[:v.n]
        padded = self.graph.blocks << self.graph.row_bits
        rows = eq_table(q["row"] + q["block"], padded)
        for t, weight in enumerate(rows):
            token = ids[t] if t < v.n else 0
            by_id[token] = by_id.get(token, ZERO) + weight
        point = p["token"] + p["token^"]
        selected = total(weight * eq_index(point, token) for token, weight in by_id.items())
        e = v.value(tag, key.tokens, {"channel": q["channel"], "channel^": q["channel^"], **p})
        check(selected * e * (1 << key.embedding_shift) == claim, "sumcheck/tokens")


class Norm:
    def __init__(self, graph, name, x):
        self.graph = graph
        self.name = name
        self.x = x
        key, tables = graph.key, graph.tables
        act, rows = graph.act(key.D), graph.rows

        def column(part, shape=rows):
            return graph.column(f"{name}.{part}", shape)

        self.groups = (key.D.padded + 255) // 256
        self.m, self.n = column("m", act), column("n", act)
        self.e, self.power, self.eps, self.positive = (column(c) for c in ("e", "power", "eps", "positive"))
        self.quotient_low = [column(f"quotientLow{g}") for g in range(self.groups)]
        self.quotient_high = [column(f"quotientHigh{g}") for g in range(self.groups)]
        self.group_rest = [column(f"groupRest{g}") for g in range(self.groups)]
        self.k, self.four, self.two, self.half = (column(c) for c in ("k", "four", "two", "half"))
        self.mant, self.root, self.rest_pair, self.root_pair = (column(c) for c in ("mant", "root", "restPair", "rootPair"))
        self.rho_low, self.rho_high, self.peak = (column(c) for c in ("rhoLow", "rhoHigh", "peak"))
        self.bits = [column(f"bit{j}") for j in range(key.D.bits + ceil_log2(key.D.count))]
        self.pair, self.rem = Virtual(), Virtual()
        self.segments = [
            Segment(act, tables.log2, self.pair, self.e),
            Segment(act, tables.range(12), Linear([(self.m, 1)], 1 << 11)),
            Segment(act, tables.range(key.norm_shift), self.rem),
            Segment(act, tables.range(key.n_bits), Linear([(self.n, 1)], 1 << key.n_bits - 1)),
            Segment(rows, tables.norm_e, self.e, self.power, self.eps, self.positive)]
        for g in range(self.groups):
            self.segments += [Segment(rows, tables.range(13), self.quotient_low[g]),
                              Segment(rows, tables.range(17 - key.group_shift), self.quotient_high[g]),
                              Segment(rows, tables.range(key.group_shift), self.group_rest[g])]
        self.segments += [
            Segment(rows, tables.norm_k, self.k, self.four, self.two, self.half),
            Segment(rows, tables.norm_rsqrt, self.mant, self.root),
            Segment(rows, tables.log2, self.rest_pair, Linear([(self.k, 2)])),
            Segment(rows, tables.log2, self.root_pair, self.k),
            Segment(rows, tables.range(9), self.rho_low),
            Segment(rows, tables.range(9), self.rho_high),
            Segment(rows, tables.norm_peak, Linear([(self.peak, 1), (self.positive, 4096)]))]

    def reduce(self, v):
        self.products(v)
        self.read = self.squares(v)                        # proved after the join

    def products(self, v):
        key, act, rows = self.graph.key, self.m.shape, self.graph.rows
        z, w1, v1 = self.pair.claim
        _, w2, v2 = self.rem.claim
        at = act.split_low(z)
        onto1, onto2 = act.onto(rows, w1), act.onto(rows, w2)
        a = v.open(self.x, z, w1)
        b = v.open(self.power, at["row"], onto1)
        first = a + b - v1
        l = v.open(self.rho_low, at["row"], onto2)
        h = v.open(self.rho_high, at["row"], onto2)
        y = v.open(self.n, z, w2)
        second = v2 - total(w2) * half(key.norm_shift) + y * (1 << key.norm_shift) - (l + h * 512)
        tag = self.name + "/products"
        alpha = v.transcript.draw_one(tag)
        p, claim = v.sumcheck(tag, first + alpha * second, ("row", self.graph.row_bits, 3), ("channel^", ceil_log2(key.D.count), 2),
                              ("block", ceil_log2(self.graph.blocks), 3))
        m = v.value(tag, self.m, {**p, "channel": at["channel"]})
        power = v.value(tag, self.power, p)
        rho = v.value(tag, self.rho_low, p) + v.value(tag, self.rho_high, p) * 512
        end = act.polynomial(w1, p["channel^"], p["block"]) * power + 2 * alpha * act.polynomial(w2, p["channel^"], p["block"]) * rho
        check(eq(at["row"], p["row"]) * m * end == claim, "sumcheck/products")

    def squares(self, v):
        D = self.graph.key.D
        q = v.draw_shape(self.name + "/squares", self.graph.rows)
        omega = v.transcript.draw_one(self.name + "/groups")
        powers = [ONE]
        for _ in range(self.groups):
            powers.append(powers[-1] * omega)
        claim = ZERO
        for g in range(self.groups):
            l = v.open_at(self.quotient_low[g], q)
            h = v.open_at(self.quotient_high[g], q)
            t = v.open_at(self.group_rest[g], q)
            claim = claim + powers[g] * ((1 << self.graph.key.group_shift) * (l + h * 8192) + t)
        claim = claim + powers[-1] * v.open_at(self.peak, q)
        tag = self.name + "/squares"
        e, claim = v.sumcheck(tag, claim, ("row", self.graph.row_bits, 3), ("channel", D.bits, 3),
                              ("channel^", ceil_log2(D.count), 3), ("block", ceil_log2(self.graph.blocks), 3))
        above = eq_table((e["channel"] + e["channel^"])[8:])      # the group of a channel is its number without the low 8 bits
        o = total(weight * powers[min(g, self.groups - 1)] for g, weight in enumerate(above))
        m = v.value(tag, self.m, e)
        read = v.transcript.recv_one(tag + "/value")
        check(eq(q["row"] + q["block"], e["row"] + e["block"]) * o * m * (m + 1) + powers[-1] * read * m == claim, "sumcheck/squares")
        return q, e, read

    def row_columns(self):
        """The columns of the terms of the stage after the join, in the order of their values, without the bits."""
        limbs = [column for pair in zip(self.quotient_low, self.quotient_high) for column in pair]
        return [self.mant, self.four, self.rest_pair, self.eps, *limbs, self.root, self.half, self.two, self.rho_low,
                self.rho_high, self.root_pair]


def row_statements(v, graph):
    """Graph 5, after the join: what all norms leave about their rows, in one sumcheck."""
    norms = [operation for section in graph.sections for operation in section if isinstance(operation, Norm)]
    bits = len(norms[0].bits)
    tag = "deferred/rows"
    point = v.transcript.draw(tag + "/point", graph.rows.variables())
    alpha = v.transcript.draw_one(tag + "/alpha")
    powers = [ONE]
    while len(powers) < len(norms) * (3 + bits):
        powers.append(powers[-1] * alpha)
    claim = total(powers[i * (3 + bits)] * norm.read[2] for i, norm in enumerate(norms))
    degree = 2 + bits
    p, claim = v.sumcheck(tag, claim, ("row", graph.row_bits, degree), ("block", ceil_log2(graph.blocks), degree))
    end = p["row"] + p["block"]
    result, zeros = ZERO, ZERO
    bit_values = []
    for i, norm in enumerate(norms):
        q, e, _ = norm.read
        values = [v.value(tag, column, p) for column in norm.bits]
        peak = eq(q["row"] + q["block"], end) * eq(e["row"] + e["block"], end)
        for c, bit in zip(e["channel"] + e["channel^"], values):
            peak = peak * (1 - c + (c + c - 1) * bit)
        result = result + powers[i * (3 + bits)] * peak
        bit_values.append(values)
    for i, norm in enumerate(norms):
        first = i * (3 + bits)
        mant, four, rest_pair, eps, *rest = [v.value(tag, column, p) for column in norm.row_columns()]
        quotients = ZERO
        for low, high in zip(rest[:2 * norm.groups:2], rest[1:2 * norm.groups:2]):
            quotients = quotients + low + high * 8192
        root, half_power, two, rho_low, rho_high, root_pair = rest[2 * norm.groups:]
        zeros = zeros + powers[first + 1] * (mant * four + rest_pair - four - eps - quotients)
        zeros = zeros + powers[first + 2] * (root + half_power + two - (rho_low + rho_high * 512) * two - root_pair)
        for j, bit in enumerate(bit_values[i]):
            zeros = zeros + powers[first + 3 + j] * (bit * (bit - 1))
    check(result + eq(point, end) * zeros == claim, "sumcheck/rows")


def product(v, name, graph, source, X, claims):
    """Product of graph 4: for every (matrix, Y, z, w, acc) bias + source * weight has the value acc at (z, w)."""
    at = graph.act(claims[0][1]).split_low(claims[0][2])
    values = [acc - v.open(graph.key.weights[matrix][1], at["channel"], graph.act(Y).sums("channel^", w)) for matrix, Y, _, w, acc in claims]
    tag = name + "/acc"
    alpha = v.transcript.draw_one(tag) if len(claims) > 1 else ONE
    powers = [ONE]
    while len(powers) < len(claims):
        powers.append(powers[-1] * alpha)
    claim = total(power * value for power, value in zip(powers, values))
    groups = dict.fromkeys(ceil_log2(Y.count) for _, Y, _, _, _ in claims)     # bits of the groups j^, in order
    p, claim = v.sumcheck(tag, claim, ("k", X.bits, 2), ("k^", ceil_log2(X.count), 2), *[(bits, bits, 2) for bits in groups],
                          ("block", ceil_log2(graph.blocks), 2))
    a = v.value(tag, source, {"row": at["row"], "channel": p["k"], "channel^": p["k^"], "block": p["block"]})
    weights = ZERO
    for power, (matrix, Y, _, w, _) in zip(powers, claims):
        mine = ceil_log2(Y.count)
        c = v.value(tag, graph.key.weights[matrix][0], {"k": p["k"], "j": at["channel"], "k^": p["k^"], "j^": p[mine]})
        for bits in groups:
            if bits != mine:
                c = c * eq_index(p[bits], 0)
        weights = weights + power * graph.act(Y).polynomial(w, p[mine], p["block"]) * c
    check(a * weights == claim, "sumcheck/acc")


class Projection:
    """With a table of pairs (u, out), or without: then u is the y of a plain projection."""

    def __init__(self, graph, name, source, X, Y, shift, table):
        self.graph, self.name, self.source, self.X, self.Y, self.shift = graph, name, source, X, Y, shift
        shape = graph.act(Y)
        self.rem = Virtual()
        self.u = graph.column(name + (".u" if table else ".y"), shape)
        if table:
            self.out = graph.column(name + ".out", shape)
            value = Segment(shape, table, self.u, self.out)
        else:
            bits = graph.key.rotated_bits
            value = Segment(shape, graph.tables.range(bits), Linear([(self.u, 1)], 1 << bits - 1))
        self.segments = [Segment(shape, graph.tables.range(shift), self.rem), value]

    def reduce(self, v):
        projections(v, self.name, [self])


def accumulator(v, remainder, quotient, shift):
    """What the leaf claim about a remainder says of the value that was shifted."""
    z, w, y = remainder.claim
    return y - total(w) * half(shift) + v.open(quotient, z, w) * (1 << shift)


def projections(v, name, members):
    """Projections of one input."""
    claims = []
    for p in members:
        z, w, _ = p.rem.claim
        claims.append((p.name, p.Y, z, w, accumulator(v, p.rem, p.u, p.shift)))
    first = members[0]
    product(v, name, first.graph, first.source, first.X, claims)


class Rotation:
    def __init__(self, graph, name, y, Y):
        self.graph, self.name, self.y, self.Y = graph, name, y, Y
        key, shape = graph.key, graph.act(Y)
        self.u, self.out = graph.column(name + ".u", shape), graph.column(name + ".out", shape)
        self.rem = Virtual()
        self.segments = [Segment(shape, graph.tables.range(key.rotation_shift), self.rem),
                         Segment(shape, graph.tables.clamps[key.qk_bound, key.rotation_shift], self.u, self.out)]

    def reduce(self, v):
        graph, key, shape = self.graph, self.graph.key, self.u.shape
        z, w, _ = self.rem.claim
        at = shape.split_low(z)
        *pair, second = at["channel"]
        acc = accumulator(v, self.rem, self.u, key.rotation_shift)
        tag = self.name + "/rotate"
        p, claim = v.sumcheck(tag, acc, ("j", self.Y.bits - 1, 3), ("row", graph.row_bits, 3), ("head", ceil_log2(self.Y.count), 2),
                              ("block", ceil_log2(graph.blocks), 3))
        parts = [eq_index(p["block"], part) if part < graph.blocks else ZERO for part in range(key.cos.shape.tiles)]
        low = p["row"] + [ZERO] * (key.position_bits - graph.row_bits) + p["j"]

        def angle(column):
            value = v.transcript.recv_one(tag + "/value")
            v.claims.append((column, low, parts, value))
            return value

        def half_head(which):
            return v.value(tag, self.y, {"row": p["row"], "channel": p["j"] + [which], "channel^": p["head"], "block": p["block"]})

        cos, sin = angle(key.cos), angle(key.sin)
        a, b = half_head(ZERO), half_head(ONE)
        first = 1 - second
        rotated = cos * (first * a + second * b) + sin * (second * a - first * b)
        weight = shape.polynomial(w, p["head"], p["block"]) * eq(pair + at["row"], p["j"] + p["row"])
        check(weight * rotated == claim, "sumcheck/rotate")


class Gated:
    def __init__(self, graph, layer_name, source, X, Y, index):
        self.graph, self.source, self.X, self.Y = graph, source, X, Y
        self.name = name = layer_name + ".gated"
        self.matrices = layer_name + ".gate", layer_name + ".up"
        layer, tables, shape = graph.key.layer[index], graph.tables, graph.act(Y)
        self.shift, self.product_shift = s, s_g = layer.up_shift, layer.product_shift
        self.ug, self.a, self.ub, self.uh, self.out = (graph.column(f"{name}.{c}", shape) for c in ("ug", "a", "ub", "uh", "g"))
        self.gate_rem, self.up_rem, self.rem = Virtual(), Virtual(), Virtual()
        if s <= 9:
            remainders = [Segment(shape, tables.pair(s), self.gate_rem, self.up_rem)]
        else:
            remainders = [Segment(shape, tables.range(s), self.gate_rem), Segment(shape, tables.range(s), self.up_rem)]
        self.segments = remainders + [
            Segment(shape, tables.activations[index], self.ug, self.a),
            Segment(shape, tables.range(16), Linear([(self.ub, 1)], 1 << 15)),
            Segment(shape, tables.range(s_g), self.rem),
            Segment(shape, tables.clamps[graph.key.hidden_bound, s_g], self.uh, self.out)]

    def reduce(self, v):
        graph, shape = self.graph, self.a.shape
        claims = []
        for matrix, remainder, quotient in zip(self.matrices, (self.gate_rem, self.up_rem), (self.ug, self.ub)):
            z, w, _ = remainder.claim
            claims.append((matrix, self.Y, z, w, accumulator(v, remainder, quotient, self.shift)))
        product(v, self.name, graph, self.source, self.X, claims)
        z, w, _ = self.rem.claim
        tag = self.name + "/gate"
        p, claim = v.sumcheck(tag, accumulator(v, self.rem, self.uh, self.product_shift), ("row", graph.row_bits, 3),
                              ("channel", self.Y.bits, 3), ("channel^", ceil_log2(self.Y.count), 3), ("block", ceil_log2(graph.blocks), 3))
        a, b = v.value(tag, self.a, p), v.value(tag, self.ub, p)
        weight = shape.polynomial(w, p["channel^"], p["block"]) * eq(z, p["row"] + p["channel"])
        check(weight * a * b == claim, "sumcheck/gate")


class Residual:
    def __init__(self, graph, name, source, X, shift, x):
        self.graph, self.name, self.source, self.X, self.shift, self.before = graph, name, source, X, shift, x
        shape = graph.act(graph.key.D)
        self.x = graph.column(name + ".x'", shape)
        self.rem = Virtual()
        self.segments = [Segment(shape, graph.tables.range(shift), self.rem)]
        if shift > 3:
            self.segments.append(Segment(shape, graph.tables.write(shift), Linear([(self.x, 1), (x, -1)])))

    def reduce(self, v):
        z, w, y = self.rem.claim
        a = v.open(self.x, z, w)
        b = v.open(self.before, z, w)
        acc = y - total(w) * half(self.shift) + (a - b) * (1 << self.shift)
        product(v, self.name, self.graph, self.source, self.X, [(self.name, self.graph.key.D, z, w, acc)])


def greater(a, b):
    """Multilinear extension of [a > b]."""
    v = ZERO
    for x, y in zip(a, b):
        xy = x * y
        v = x - xy + (1 - x - y + xy + xy) * v
    return v


class Attention:
    def __init__(self, graph, name, q, k, v):
        self.graph, self.name, self.q, self.k, self.v = graph, name, q, k, v
        key, tables = graph.key, graph.tables
        act, scores, heads = graph.act(key.A), graph.scores, graph.heads

        def column(part, shape):
            return graph.column(f"{name}.{part}", shape)

        self.weight, self.before = column("weight", scores), column("before", scores)
        self.offset, self.slack_low, self.slack_high, self.excess_low, self.excess_high = (
            column(c, heads) for c in ("offset", "slackLow", "slackHigh", "excessLow", "excessHigh"))
        self.o = column("o", act)
        self.dist, self.rem = Virtual(), Virtual()
        self.segments = [
            Segment(scores, tables.exp, self.dist, self.weight, self.before),
            Segment(heads, tables.range(16), self.slack_low),
            Segment(heads, tables.range(14), self.slack_high),
            Segment(heads, tables.range(16), self.excess_low),
            Segment(heads, tables.range(14), self.excess_high),
            Segment(act, tables.range(key.o_shift), self.rem),
            Segment(act, tables.range(key.o_bits), Linear([(self.o, 1)], 1 << key.o_bits - 1))]

    def reduce(self, v):
        self.score_products(v)
        self.sums(v)
        self.outputs(v)

    def score_products(self, v):
        graph, key, scores = self.graph, self.graph.key, self.graph.scores
        z, w, y = self.dist.claim
        at = scores.split_low(z)
        a = v.open(self.offset, at["row"], scores.onto(graph.heads, w))
        diagonal = total(weight for weight, (_, second, first) in zip(w, scores.positions()) if second == first)
        mask = key.mask_offset * greater(at["row'"], at["row"]) * diagonal
        tag = self.name + "/scores"
        block_bits = ceil_log2(graph.blocks)
        p, claim = v.sumcheck(tag, a + mask - y, ("channel", key.A.bits, 2), *self.head_groups(),
                              ("block'", block_bits, 2), ("block", block_bits, 2))
        q = v.value(tag, self.q, {"row": at["row"], "channel": p["channel"], "channel^": p["head"], "block": p["block"]})
        k = v.value(tag, self.k, {"row": at["row'"], "channel": p["channel"], "channel^": self.key_head(p), "block": p["block'"]})
        w = self.with_key_heads(scores, w, p)
        check(scores.polynomial(w, p["head"], p["block'"], p["block"]) * q * k == claim, "sumcheck/scores")

    def head_groups(self):
        """The groups of variables of heads, or of heads and key heads where these are fewer."""
        key = self.graph.key
        if key.key_heads == key.heads:
            return [("head", ceil_log2(key.heads), 3)]
        return [("head", ceil_log2(key.heads), 2), ("kv", ceil_log2(key.key_heads), 2)]

    @staticmethod
    def key_head(p):
        return p["kv"] if "kv" in p else p["head"]

    def with_key_heads(self, shape, w, p):
        """Weights of tiles, each times eq(kv; the key head of its head)."""
        if "kv" not in p:
            return w
        key = self.graph.key
        of_key_head = eq_table(p["kv"], key.key_heads)
        axis = next(i for i, (name, _) in enumerate(shape.high) if name in ("head", "channel^"))
        return [x * of_key_head[position[axis] * key.key_heads // key.heads] for x, position in zip(w, shape.positions())]

    def sums(self, v):
        graph, rmax = self.graph, self.graph.key.rmax
        t = v.draw_shape(self.name + "/sums", graph.heads)
        sl, sh, el, eh = (v.open_at(c, t) for c in (self.slack_low, self.slack_high, self.excess_low, self.excess_high))
        per_head = graph.heads.weights(t)
        weights = [per_head[block * graph.key.heads + head] * (1 << graph.row_bits) for head, _, block in graph.scores.positions()]
        point = t["row"] + [HALF] * graph.row_bits
        a = v.open(self.weight, point, weights)
        b = v.open(self.before, point, weights)
        sum_of_weights = total(per_head)
        check(a == sum_of_weights * rmax - (sl + sh * 65536), "attention/sum")
        check(b == sum_of_weights * (rmax + 1) + el + eh * 65536, "attention/sum-before")

    def outputs(self, v):
        graph, key = self.graph, self.graph.key
        z, w, y = self.rem.claim
        act = graph.act(key.A)
        at = act.split_low(z)
        acc = y - total(w) * half(key.o_shift) + v.open(self.o, z, w) * (1 << key.o_shift)
        tag = self.name + "/output"
        block_bits = ceil_log2(graph.blocks)
        p, claim = v.sumcheck(tag, acc, ("row'", graph.row_bits, 2), *self.head_groups(),
                              ("block'", block_bits, 2), ("block", block_bits, 2))
        weight = v.value(tag, self.weight, {**p, "row": at["row"]})
        value = v.value(tag, self.v, {"row": p["row'"], "channel": at["channel"], "channel^": self.key_head(p), "block": p["block'"]})
        w = self.with_key_heads(act, w, p)
        check(act.polynomial(w, p["head"], p["block"]) * weight * value == claim, "sumcheck/output")


def less(z, y):
    """Sum of eq(z; x) for x < y."""
    v = ZERO
    for i, a in enumerate(z):
        v = 1 - a + a * v if y >> i & 1 else (1 - a) * v
    return v


class Head:
    def __init__(self, graph, name, source):
        self.graph, self.name, self.source = graph, name, source
        self.high = graph.column(name + ".high", graph.logits)
        self.low = graph.column(name + ".low", graph.logits)
        self.chosen = graph.column(name + ".chosen", graph.chosen)
        self.segments = [Segment(graph.logits, graph.tables.high, self.high),
                         Segment(graph.logits, graph.tables.range(15), self.low)]

    def reduce(self, v):
        graph, key = self.graph, self.graph.key
        W, D = key.W, key.D
        generated = len(v.ids) - v.prompt
        q = v.draw_shape(self.name + "/point", graph.logits)
        h = v.open_at(self.high, q)
        l = v.open_at(self.low, q)
        wr = graph.chosen.weights({"block": q["block"]})
        wt = eq_table(q["token^"], W.count)
        a = v.open(self.chosen, q["row"], wr)
        weight, bias = key.weights[self.name]
        b = v.open(bias, q["token"], wt) * total(wr)
        sums = [ZERO]
        for w in wt:
            sums.append(sums[-1] + w)
        rows = [e * w for w in wr for e in eq_table(q["row"])]     # of every generated row, padded ones included
        below_id = {}
        below = ZERO
        by_source = {}
        for r, row_weight in enumerate(rows):
            i = v.ids[v.prompt + min(r, generated - 1)]
            if i not in below_id:
                below_id[i] = sums[i >> W.bits] + wt[i >> W.bits] * less(q["token"], i & (1 << W.bits) - 1)
            below = below + row_weight * below_id[i]
            source = v.prompt - 1 + min(r, generated - 1)
            by_source[source] = by_source.get(source, ZERO) + row_weight
        tag = self.name + "/logits"
        p, claim = v.sumcheck(tag, a * total(wt) - below - (h * (1 << 15) + l) - b, ("k", D.bits, 2), ("row", graph.row_bits, 2),
                              ("k^", ceil_log2(D.count), 2), ("block", ceil_log2(graph.blocks), 2))
        at_row = eq_table(p["row"] + p["block"])
        selected = total(row_weight * at_row[source] for source, row_weight in by_source.items())
        x = v.value(tag, self.source, {"row": p["row"], "channel": p["k"], "channel^": p["k^"], "block": p["block"]})
        c = v.value(tag, weight, {"k": p["k"], "j": q["token"], "k^": p["k^"], "j^": q["token^"]})
        check(selected * x * c == claim, "sumcheck/logits")
        for r in range(generated):
            i = v.ids[v.prompt + r]
            slot = (r & (1 << graph.G_bits) - 1) + ((i & (1 << W.bits) - 1) << graph.G_bits)
            low = [ONE if slot >> bit & 1 else ZERO for bit in range(graph.logits.bits)]
            tile = (i >> W.bits) + W.count * (r >> graph.G_bits)
            for column in (self.high, self.low):
                v.claims.append((column, low, {tile: ONE}, ZERO))


# ---------------------------------------------------------------- soundness 1: security account

class Step:
    """One kind of step fails with probability bad / all, integers, and every try costs 2^work hashes."""

    def __init__(self, name, bad, all_values, work=0):
        self.name = name
        self.bad = bad
        self.all = all_values
        self.work = work

    def reaches(self, bits):
        return self.bad << bits <= self.all << self.work

    def bits(self):
        """For display only."""
        return math.log2(self.all) - math.log2(self.bad) + self.work


def security_account(key, graph):
    """The steps that can be worth less than the target for a key within its limits, and the hash."""
    field = P**4
    steps = [Step("hash", 1, 1 << 4 * NODE_BYTES),
             Step("lookup challenges", (MAX_COMPONENTS + 1) * graph.leaves, field, key.lookup_grinding)]
    for i, code in enumerate(key.code):
        if i > 0 or graph.variables > key.k:
            steps.append(Step(f"fold into level {i}", (1 << code) + 3, field, key.fold_grinding[i]))
        r, queries = key.rate[i], key.queries[i]
        steps.append(Step(f"queries of level {i}", (2**r + 1)**queries, 1 << (r + 1) * queries, key.grinding[i]))
        if i < len(key.code) - 1:
            steps.append(Step(f"batching of the queries of level {i}", queries, field))
    if graph.claims is not None:
        steps.append(Step("batching of claims", max(1, graph.claims), field))
    terms = sum(3 + len(o.bits) for section in graph.sections for o in section if isinstance(o, Norm))
    steps.append(Step("batching of deferred terms", max(512, terms), field))
    return steps


# ---------------------------------------------------------------- formats: the longest stream of a proof

class Counter:
    """In the place of a transcript where only the number of elements matters that are received."""

    ANY = F((3, 1, 4, 1))

    def __init__(self):
        self.elements = 0

    def draw(self, _, n):
        return [self.ANY] * n

    def draw_one(self, _):
        return self.ANY

    def recv(self, _, n):
        self.elements += n
        return [self.ANY] * n

    def recv_one(self, tag):
        return self.recv(tag, 1)[0]

    state = None

    def fork(self, _):
        return self

    def absorb(self, _, data):
        pass


def longest_columns(rows, depth, queries):
    """Bytes of the opened columns of a matrix and their siblings, at most."""
    return max((31 * rows * m + 7) // 8 + NODE_BYTES * (1 - m + sum(min(m, 1 << level) for level in range(depth)))
               for m in range(1, min(queries, 1 << depth) + 1))


def longest_stream(key, graph):
    levels = len(key.coeff) - 1
    clear = key.coeff[levels]
    elements = graph.elements
    elements += 2 * (graph.variables + key.k - clear) + 1 + (1 << clear)
    folds = [graph.variables - key.k] + key.lanes[1:]      # with a nonce each where there is work before them
    nonces = 2 + levels + sum(n for n, work in zip(folds, key.fold_grinding) if work)
    size = 16 * elements + NODE_BYTES * (1 + levels) + 8 * nonces
    for rows in (graph.witness_rows, key.rows):
        size += longest_columns(rows, key.code[0], key.queries[0])
    for level in range(1, levels + 1):
        size += longest_columns(4 << key.lanes[level], key.code[level], key.queries[level])
    return min(size, MAX_STREAM_BYTES)


# ---------------------------------------------------------------- protocol 3 to 6: the verification

@functools.lru_cache(maxsize=None)
def lagrange_scales(degree):
    """1 / prod_(j != i) (i - j) for the nodes 0 .. degree."""
    result = []
    for i in range(degree + 1):
        scale = 1
        for j in range(degree + 1):
            if j != i:
                scale = scale * (i - j) % P
        result.append(pow(scale, -1, P))
    return result


def interpolate(values, x):
    """The polynomial through the values at 0, 1, ..., at x."""
    degree = len(values) - 1
    below = [ONE]
    for j in range(degree):
        below.append(below[-1] * (x - j))
    result, above = ZERO, ONE
    for i in range(degree, -1, -1):
        result = result + values[i] * (below[i] * above) * lagrange_scales(degree)[i]
        above = above * (x - i)
    return result


class Verification:
    """One run of the verifier. Raises Rejected, or returns normally if the proof is accepted."""

    def __init__(self, key, proof, graphs):
        self.key = key
        self.read_statement(proof)
        lengths = self.n, len(self.ids) - self.prompt
        if lengths not in graphs:
            graphs.clear()                                 # at most one graph is kept
            graphs[lengths] = Graph(key, *lengths)
        self.graph = graphs[lengths]
        if self.graph.claims is None:
            self.count()
        self.account = security_account(key, self.graph)
        check(all(step.reaches(max(MINIMUM_BITS, key.target_bits)) for step in self.account), "key/security")
        if self.graph.longest is None:
            self.graph.longest = longest_stream(key, self.graph)
        data = proof.read(self.graph.longest + 1)          # of a longer proof no more is read
        check(len(data) <= self.graph.longest, "format/length")
        self.stream = Stream(data, 0)
        self.claims = []                                   # column, low point, weights of tiles (list or dictionary), value
        self.run()

    def count(self):
        """Elements that the forks of every proof of this graph receive, and claims that they leave."""
        global _counting
        walk = copy.copy(self)
        walk.claims = []
        transcript = Counter()
        _counting = True
        try:
            walk.reductions(transcript, Counter.ANY, Counter.ANY)
        finally:
            _counting = False
        self.graph.elements, self.graph.claims = transcript.elements, len(walk.claims)

    def read_statement(self, proof):
        key = self.key
        data = proof.read(48)
        check(len(data) == 48 and data[:8] == b"CHGRSPF3", "format/header")
        self.prompt, count = struct.unpack_from("<ii", data, 40)
        check(self.prompt >= 1 and count > self.prompt, "format/ids")
        ids = b""
        left = 4 * count
        while left > 0:                                    # more ids than the context are passed over
            part = proof.read(min(left, 1 << 16))
            check(part, "format/ids")
            left -= len(part)
            ids = ids + part if count <= key.context + 1 else b""
        length = proof.read(4)
        check(len(length) == 4, "format/binding")
        length, = struct.unpack("<i", length)
        check(0 <= length <= 1 << 16, "format/binding")
        self.binding = proof.read(length)
        check(len(self.binding) == length, "format/binding")
        check(data[8:40] == key.digest, "statement/key")
        self.n = count - 1
        check(self.n <= key.context, "statement/context")
        bits, blocks = rows_of(self.n)
        check((blocks * (blocks + 1) // 2 * key.heads * key.layers) << 2 * bits < P, "statement/lookups")
        self.ids = struct.unpack(f"<{count}i", ids)
        for position, i in enumerate(self.ids):
            check(0 <= i < key.vocabulary, "statement/vocabulary")
            check(not (self.prompt <= position < self.n and i in key.ends), "statement/end-of-text")

    def run(self):
        key = self.key
        main = Transcript(self.stream)
        main.absorb("key", key.digest)
        main.absorb("statement", struct.pack(f"<{2 + len(self.ids)}I", self.prompt, len(self.ids), *self.ids)
                    + struct.pack("<I", len(self.binding)) + self.binding)
        root = main.recv_bytes("witness", NODE_BYTES)
        main.work("grind/lookup", "lookup", key.lookup_grinding)
        self.reductions(main, *main.draw("lookup", 2))
        self.transcript = main
        Opening(self, root).run()
        check(self.stream.position == len(self.stream.data), "format/trailing")

    def reductions(self, main, c, beta):
        """Everything between the lookup challenges and the opening."""
        graph = self.graph
        self.c = c
        self.beta = [ONE]
        for _ in range(MAX_COMPONENTS):
            self.beta.append(self.beta[-1] * beta)
        states = []
        balance = ZERO
        for i, operations in enumerate(graph.sections):
            self.transcript = main.fork(i)
            balance = balance + self.section(operations)
            states.append(self.transcript.state)
        self.transcript = main.fork(len(graph.sections))
        check(balance == self.table_tree(), "lookup/balance")
        states.append(self.transcript.state)
        for state in states:
            main.absorb("fork", state)
        self.transcript = main.fork(len(graph.sections) + 1)
        row_statements(self, graph)
        main.absorb("fork", self.transcript.state)

    # protocol 4

    def open(self, column, low, weights):
        value = self.transcript.recv_one("open")
        self.claims.append((column, low, weights, value))
        return value

    def open_at(self, column, coordinates):
        return self.open(column, column.shape.low_point(coordinates), column.shape.weights(coordinates))

    def value(self, tag, column, coordinates):
        """The value of a private factor of a sumcheck that is a column."""
        value = self.transcript.recv_one(tag + "/value")
        self.claims.append((column, column.shape.low_point(coordinates), column.shape.weights(coordinates), value))
        return value

    def draw_shape(self, tag, shape):
        return shape.split(self.transcript.draw(tag, shape.variables()))

    def sumcheck(self, tag, claim, *groups):
        """The rounds. Groups: (name, bits, degree). Returns coordinates by group and the claim about the expression there."""
        variables = [(name, degree) for name, bits, degree in groups for _ in range(bits)]
        point = {name: [] for name, _, _ in groups}
        for name, degree in reversed(variables):
            message = self.transcript.recv(tag + "/round", degree)
            x = self.transcript.draw_one(tag + "/challenge")
            claim = interpolate([message[0], claim - message[0]] + message[1:], x)
            point[name].insert(0, x)
        return point, claim

    # protocol 5

    def tree(self, depth):
        """Numerator and denominator of the root; leaf point and leaf fraction."""
        t = self.transcript
        p, q = root = t.recv("tree/root", 2)
        check(q != ZERO, "lookup/denominator")
        r = []
        for m in range(depth):
            if m > 0:
                factor = t.draw_one("tree/lambda")
                claim = p + factor * q
                point = [None] * m
                for i in range(m - 1, -1, -1):
                    g0, g2 = t.recv("tree/round", 2)
                    check(r[i] != ZERO, "lookup/zero-challenge")
                    g1 = (claim - (1 - r[i]) * g0) * r[i].inverse()
                    x = point[i] = t.draw_one("tree/challenge")
                    claim = g0 + x * (g1 - g0 - g2 + x * g2)
                r = point
            p0, p1, q0, q1 = t.recv("tree/children", 4)
            if m == 0:
                check(p0 * q1 + p1 * q0 == p, "lookup/root-numerator")
                check(q0 * q1 == q, "lookup/root-denominator")
            else:
                check(p0 * q1 + p1 * q0 + factor * q0 * q1 == claim, "lookup/layer")
            x = t.draw_one("tree/merge")
            p = p0 + x * (p1 - p0)
            q = q0 + x * (q1 - q0)
            r.append(x)
        return root, r, p, q

    @staticmethod
    def places(shapes):
        """First place of every shape, and the depth of the tree."""
        first = [0] * len(shapes)
        place = 0
        for i in sorted(range(len(shapes)), key=lambda i: -shapes[i].bits):
            first[i] = place
            place += shapes[i].tiles << shapes[i].bits
        return first, max(5, ceil_log2(place))

    @staticmethod
    def place_point(r):
        """Coordinates of a leaf point in the order of the bits of a place."""
        return r[:8] + r[-5:] + r[8:-5] if len(r) > 13 else r

    @staticmethod
    def place_weights(shape, first, r):
        low, high = r[:shape.bits], r[shape.bits:]
        return low, eq_range(high, first >> shape.bits, shape.tiles)

    # protocol 6

    def section(self, operations):
        segments = [s for operation in operations for s in operation.segments]
        first, depth = self.places([s.shape for s in segments])
        root, r, p, q = self.tree(depth)
        r = self.place_point(r)
        num, den = ZERO, ONE
        for segment, place in zip(segments, first):
            low, w = self.place_weights(segment.shape, place, r)
            sum_of_weights = total(w)
            num = num + sum_of_weights
            den = den - sum_of_weights + (self.c - self.beta[MAX_COMPONENTS] * segment.table.number) * sum_of_weights
            for i, component in enumerate(segment.components):
                if isinstance(component, Virtual):
                    value = self.transcript.recv_one("virtual")
                    component.claim = low, w, value
                else:
                    value = sum_of_weights * component.offset
                    for column, scale in component.terms:
                        at = segment.shape.split_low(low)
                        opened = self.open(column, column.shape.low_point(at), segment.shape.onto(column.shape, w))
                        value = value + opened * scale
                den = den - self.beta[i] * value
        check(p == num, "lookup/leaf-numerator")
        check(q == den, "lookup/leaf-denominator")
        done = set()
        for operation in operations:
            if operation in done:
                continue
            group = [o for o in operations if isinstance(o, Projection) and isinstance(operation, Projection) and o.source is operation.source]
            if len(group) > 1:
                projections(self, operation.name.rpartition(".")[0] + ".projections", group)
            else:
                operation.reduce(self)
            done.update(group)
        return root[0] * root[1].inverse()

    def table_tree(self):
        tables = self.graph.tables.list
        first, depth = self.places([table.shape for table in tables])
        root, r, p, q = self.tree(depth)
        r = self.place_point(r)
        num, den = ZERO, ONE
        for table, multiplicity, place in zip(tables, self.graph.multiplicities, first):
            low, w = self.place_weights(table.shape, place, r)
            sum_of_weights = total(w)
            num = num + self.open(multiplicity, low, w)
            den = den - sum_of_weights + (self.c - self.beta[MAX_COMPONENTS] * table.number) * sum_of_weights
            for i, column in enumerate(table.columns):
                if isinstance(column, Column):
                    value = self.open(column, low, w[:column.shape.tiles])
                elif isinstance(column, Affine):           # base and coordinates are the same in every tile
                    value = column.evaluate(0, low) * sum_of_weights
                    value = value + dot_base([start % (1 << column.width) for start in table.starts], w)
                elif isinstance(column, Digit):            # likewise
                    value = column.evaluate(0, low) * sum_of_weights + dot_base([column.at(start) for start in table.starts], w)
                elif isinstance(column, Defined):
                    tiles = self.graph.tables.exp_tiles if table is self.graph.tables.exp else len(table.starts)
                    value = total(w[t] * column.evaluate(table.starts[t], low) for t in range(tiles))
                else:                                      # has one tile
                    value = w[0] * column.evaluate(table.starts[0], low)
                den = den - self.beta[i] * value
        check(p == num, "lookup/table-numerator")
        check(q == den, "lookup/table-denominator")
        return root[0] * root[1].inverse()


def eq_range(r, first, count):
    """eq of a point and the indices first .. first + count - 1."""
    bits = min(len(r), ceil_log2(count))
    low = eq_table(r[:bits])
    result = []
    for block in range(first >> bits, (first + count - 1 >> bits) + 1):
        factor = eq_index(r[bits:], block)
        start = max(0, first - (block << bits))
        end = min(1 << bits, first + count - (block << bits))
        result += [factor * e for e in low[start:end]]
    return result


# ---------------------------------------------------------------- opening 1: circle domain

def circle_add(a, b):
    return (a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P


@functools.lru_cache(maxsize=64)
def domain_steps(n):
    """Q, and the points that the bits 1 .. n - 1 of a position add to it."""
    point = 2, 1268011823
    for _ in range(30 - n):
        point = circle_add(point, point)
    multiples = [point]                                    # 2^j Q
    for _ in range(n):
        multiples.append(circle_add(multiples[-1], multiples[-1]))
    return point, [None] + [multiples[n + 1 - i] for i in range(1, n)]


def factors(n, q, count):
    """The first factors f[0], f[1], ... at position q of the domain of 2^n points."""
    point, steps = domain_steps(n)
    for i in range(1, n):
        if q >> i & 1:
            point = circle_add(point, steps[i])
    x, y = point
    result = [-y % P if q & 1 else y, x]
    while len(result) < count:
        result.append((2 * result[-1]**2 - 1) % P)
    return result[:count]


def basis(f):
    """prod over bits i of j that are 1 of f[i], for all j."""
    result = [1]
    for factor in f:
        result += [value * factor % P for value in result]
    return result


# ---------------------------------------------------------------- opening 3 and 4

class Opening:
    def __init__(self, verification, root):
        self.v = verification
        self.key = verification.key
        self.graph = verification.graph
        self.transcript = verification.transcript
        self.root = root

    def quadratic(self, tag, claim, grinding=0):
        s0, s2 = self.transcript.recv(tag, 2)
        if grinding:
            self.transcript.work("grind/fold", "open/grind-fold", grinding)
        x = self.transcript.draw_one(tag)
        return x, s0 + x * (claim - s0 - s0 - s2 + x * s2)

    def batched_weights(self, gamma, r):
        """mle(W, r)."""
        k = self.key.k
        of_row = eq_table(r[k:], self.graph.witness_rows + self.key.rows)
        of_slot = {}                                       # by piece bits
        key_offset = self.graph.witness_rows << k
        key_columns = set(map(id, self.key.columns))
        result, power = ZERO, ONE
        for column, z, weights, _ in self.v.claims:
            b = column.piece_bits
            if b not in of_slot:
                of_slot[b] = eq_table(r[b:k])
            slots = of_slot[b]
            padded = z[:b] + [ZERO] * (b - len(z))
            of_part = eq_table(z[b:])
            parts = len(of_part)
            offset = key_offset if id(column) in key_columns else 0
            items = weights.items() if isinstance(weights, dict) else enumerate(weights)
            sum_of_pieces = ZERO
            for tile, weight in items:
                if weight == ZERO:
                    continue
                for e in range(parts):
                    a = column.addresses[tile * parts + e] + offset
                    factor = of_row[a >> k] * weight
                    if b < k:
                        factor = factor * slots[(a & (1 << k) - 1) >> b]
                    if parts > 1:
                        factor = factor * of_part[e]
                    sum_of_pieces = sum_of_pieces + factor
            result = result + power * eq(padded, r[:b]) * sum_of_pieces
            power = power * gamma
        return result

    def opened(self, root, rows, depth, positions):
        """The words of the columns at the positions."""
        stream = self.v.stream
        words = self.packed_words(rows * len(positions))
        levels = []                                        # of each level: for every parent, whether left and right child are known
        nodes = [q + (1 << depth) for q in positions]
        siblings = 0
        for _ in range(depth):
            parents, plan = [], []
            i = 0
            while i < len(nodes):
                node = nodes[i]
                both = node & 1 == 0 and i + 1 < len(nodes) and nodes[i + 1] == node + 1
                plan.append("both" if both else "right" if node & 1 else "left")
                i += 2 if both else 1
                siblings += 0 if both else 1
                parents.append(node >> 1)
            levels.append(plan)
            nodes = parents
        path = stream.hint(NODE_BYTES * siblings)
        columns = [words[i * rows:i * rows + rows] for i in range(len(positions))]
        pack = struct.Struct(f"<{rows}I").pack             # what is hashed is the words as they were committed
        hashes = hash_many(tuple(pack(*column) for column in columns), LEAF)
        taken = 0
        for plan in levels:
            pairs = []
            i = 0
            for known in plan:
                if known == "both":
                    pairs.append(hashes[i] + hashes[i + 1])
                    i += 2
                else:
                    sibling = path[taken:taken + NODE_BYTES]
                    taken += NODE_BYTES
                    pairs.append(hashes[i] + sibling if known == "left" else sibling + hashes[i])
                    i += 1
            hashes = hash_many(tuple(pairs), NODE)
        check(hashes[0] == root, "open/merkle")
        check(max(words) < P, "open/canonical")
        return columns

    def packed_words(self, n):
        """n words of 31 bits: eight of them are 31 bytes."""
        size = (31 * n + 7) // 8
        data = self.v.stream.hint(size)
        check(31 * n % 8 == 0 or data[-1] >> 31 * n % 8 == 0, "format/canonical")
        words = []
        for i in range(0, size, 31):
            eight = int.from_bytes(data[i:i + 31], "little")
            words += [eight >> bit & P for bit in range(0, 248, 31)]
        return tuple(words[:n])

    def query(self, level, root, lanes):
        """Work, positions, and the opened columns combined with the lanes."""
        key, t = self.key, self.transcript
        t.work("grind/query", "open/grind.", key.grinding[level])
        depth = key.code[level]
        q = t.positions("open/query", key.queries[level], depth)
        if level == 0:
            witness_rows, key_rows = self.graph.witness_rows, key.rows
            witness = self.opened(root, witness_rows, depth, q)
            weights = self.opened(key.root, key_rows, depth, q)
            coordinates = list(zip(*lanes))
            values = []
            for a, b in zip(witness, weights):
                column = a + b
                values.append(F(sum(map(int.__mul__, column, c)) % P for c in coordinates))
            return q, values
        values = []
        for column in self.opened(root, 4 * len(lanes), depth, q):
            values.append(total(lane * F(column[4 * l:4 * l + 4]) for l, lane in enumerate(lanes)))
        return q, values

    def run(self):
        key, t, k = self.key, self.transcript, self.key.k
        gamma = t.draw_one("open/gamma")
        claim = ZERO
        for _, _, _, value in reversed(self.v.claims):
            claim = claim * gamma + value
        n = self.graph.variables
        r = [None] * n
        h = min(8, k)
        for variable in [*range(h - 1, -1, -1), *range(n - 1, h - 1, -1)]:
            r[variable], claim = self.quadratic("open/batch", claim, key.fold_grinding[0] if variable >= k else 0)
        f = t.recv_one("open/value")
        check(f * self.batched_weights(gamma, r) == claim, "open/batch")
        claim = f
        lanes = eq_table(r[k:], self.graph.witness_rows + key.rows)
        root = self.root
        levels = len(key.coeff) - 1
        clear = key.coeff[levels]
        y = [None] * k
        terms = []                                         # scale, factors
        for level in range(levels):
            following = t.recv_bytes("open/root", NODE_BYTES)
            q, values = self.query(level, root, lanes)
            beta = t.draw_one("open/beta")
            power = ONE
            for position, value in zip(q, values):
                power = power * beta
                claim = claim + power * value
                terms.append((power, factors(key.code[level], position, key.coeff[level])))
            for variable in range(key.coeff[level] - 1, key.coeff[level + 1] - 1, -1):
                y[variable], claim = self.quadratic("open/fold", claim, key.fold_grinding[level + 1])
            lanes = eq_table(y[key.coeff[level + 1]:key.coeff[level]])
            root = following
        u = t.recv("open/clear", 1 << clear)
        q, values = self.query(levels, root, lanes)
        for position, value in zip(q, values):
            check(dot_base(basis(factors(key.code[levels], position, clear)), u) == value, "open/clear")
        result = total(e * x for e, x in zip(eq_table(r[:clear]), u)) * eq(r[clear:k], y[clear:k])
        for scale, f in terms:
            for variable in range(clear, len(f)):
                scale = scale * (1 + y[variable] * (f[variable] - 1))
            result = result + scale * dot_base(basis(f[:clear]), u)
        check(result == claim, "open/final")


# ---------------------------------------------------------------- command line

class Verifier:
    """Verifies proofs with keys, keeping the last key and its last graph."""

    def __init__(self):
        self.key_bytes = None
        self.key = None
        self.graphs = {}

    def verify(self, key_bytes, proof):
        """The Verification of an accepted proof, an open file; raises Rejected or BadKey."""
        if key_bytes != self.key_bytes:
            self.key_bytes, self.key, self.graphs = None, None, {}
            self.key = Key(key_bytes)
            self.key_bytes = key_bytes
        return Verification(self.key, proof, self.graphs)


def read(path, limit):
    with open(path, "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(f"{path} is longer than {limit} bytes")
    return data


_batch_verifier = Verifier()


def batch_line(line):
    vk, _, proof = line.rstrip("\n").partition("\t")
    try:
        with open(proof, "rb") as file:
            _batch_verifier.verify(read(vk, MAX_KEY_BYTES), file)
        return "accepted"
    except Rejected as rejected:
        return str(rejected)
    except BadKey:
        return "key"
    except OSError as error:
        return f"unreadable: {error}"


def batch(jobs):
    lines = [line for line in sys.stdin if line.strip()]
    if jobs > 1:
        import multiprocessing
        with multiprocessing.Pool(jobs) as pool:
            for verdict in pool.imap(batch_line, lines, chunksize=8):
                print(verdict, flush=True)
    else:
        for line in lines:
            print(batch_line(line), flush=True)


def main():
    parser = argparse.ArgumentParser(description="Verifies a Chagres proof.")
    parser.add_argument("--vk", help="verifying key")
    parser.add_argument("--proof", help="proof")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--batch", action="store_true", help="read lines 'key file, tab, proof file' from standard input")
    parser.add_argument("--jobs", type=int, default=1, help="processes of a batch")
    arguments = parser.parse_args()
    if arguments.batch:
        batch(arguments.jobs)
        return 0
    if not arguments.vk or not arguments.proof:
        parser.error("--vk and --proof are needed")
    try:
        vk = read(arguments.vk, MAX_KEY_BYTES)
        with open(arguments.proof, "rb") as proof:
            v = Verifier().verify(vk, proof)
    except OSError as error:
        print(f"chagres_verify: {error}", file=sys.stderr)
        return 2
    except BadKey as error:
        print(f"chagres_verify: {arguments.vk} is no usable verifying key: {error}", file=sys.stderr)
        return 2
    except Rejected as rejected:
        print(json.dumps({"verdict": "rejected", "check": str(rejected)}) if arguments.json else f"REJECTED {rejected}")
        return 1
    prompt, generated = list(v.ids[:v.prompt]), list(v.ids[v.prompt:])
    weakest = min(v.account, key=Step.bits)
    bits = math.floor(weakest.bits() * 100) / 100          # never rounded up
    digest = v.key.digest.hex()
    if arguments.json:
        print(json.dumps({"verdict": "accepted", "model": v.key.name, "key": digest, "prompt": prompt, "generated": generated, "binding": v.binding.hex() or None,
                          "security": bits, "weakest": weakest.name}))
    else:
        print(f"ACCEPTED\nmodel      {v.key.name}\nkey        {digest}\nprompt     {' '.join(map(str, prompt))}\n"
              f"generated  {' '.join(map(str, generated))}\nbound to   {v.binding.hex() or 'nothing'}\nsecurity   {bits:.2f} bits ({weakest.name})\n"
              "The integer model of this key, run on these token ids, chooses each generated id greedily.")
    return 0


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains when it flushes
        code = 3
    sys.exit(code)
