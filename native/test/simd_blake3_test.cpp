/* Kernels of BLAKE3 against a plain one, itself checked on a known digest. */
#include "simd_check.h"

using check::Array;
using check::Random;
using check::equal;
using check::some;

namespace {

using Bytes = std::vector<uint8_t>;
using Words = std::vector<uint32_t>;

enum { CHUNK_START = 1, CHUNK_END = 2, PARENT = 4, ROOT = 8, KEYED = 16 };

const Words IV = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

Random random_{11};

uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

/* The chaining value after one block. */
Words compress(const Words &cv, Words m, uint64_t counter, uint32_t length, uint32_t flags) {
  static const int next[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
  Words v(16);
  for (int i = 0; i < 8; i++) {
    v[i] = cv[i];
    v[8 + i] = IV[i];
  }
  v[12] = static_cast<uint32_t>(counter);
  v[13] = static_cast<uint32_t>(counter >> 32);
  v[14] = length;
  v[15] = flags;
  for (int round = 0; round < 7; round++) {
    for (int g = 0; g < 8; g++) {
      int i = g % 4, d = g / 4;
      uint32_t &a = v[i], &b = v[4 + (i + d) % 4], &c = v[8 + (i + 2 * d) % 4], &e = v[12 + (i + 3 * d) % 4];
      a += b + m[2 * g];
      e = rotate(e ^ a, 16);
      c += e;
      b = rotate(b ^ c, 12);
      a += b + m[2 * g + 1];
      e = rotate(e ^ a, 8);
      c += e;
      b = rotate(b ^ c, 7);
    }
    Words permuted(16);
    for (int i = 0; i < 16; i++) {
      permuted[i] = m[next[i]];
    }
    m = permuted;
  }
  Words out(8);
  for (int i = 0; i < 8; i++) {
    out[i] = v[i] ^ v[8 + i];
  }
  return out;
}

Words block(const Bytes &message, size_t from, size_t n) {
  Words m(16);
  std::copy_n(message.begin() + from, n, reinterpret_cast<uint8_t *>(m.data()));
  return m;
}

Words parent(const Words &start, const Words &left, const Words &right, uint32_t flags) {
  Words m = left;
  m.insert(m.end(), right.begin(), right.end());
  return compress(start, m, 0, 64, PARENT | flags);
}

/* The digest of bytes [from, to), which start with chunk number `chunk`; a tree as section 2.1 of the paper has it. */
Words tree(const Words &start, uint32_t mode, const Bytes &message, size_t from, size_t to, uint64_t chunk,
    uint32_t root) {
  if (to - from <= 1024) {
    Words cv = start;
    size_t at = from;
    do {
      size_t n = std::min<size_t>(64, to - at);
      uint32_t flags = (at == from ? CHUNK_START : 0) | (at + n == to ? CHUNK_END | root : 0);
      cv = compress(cv, block(message, at, n), chunk, static_cast<uint32_t>(n), flags | mode);
      at += n;
    } while (at < to);
    return cv;
  }
  size_t left = 1024;
  while (2 * left < to - from) {
    left *= 2;
  }
  return parent(start, tree(start, mode, message, from, from + left, chunk, 0),
      tree(start, mode, message, from + left, to, chunk + left / 1024, 0), mode | root);
}

Bytes digest(const Words &words, size_t n) {
  Bytes bytes(n);
  memcpy(bytes.data(), words.data(), n);
  return bytes;
}

/* BLAKE3 of no bytes starts with af1349b9 f5f9a1a6. */
void reference() {
  equal<uint32_t>("reference", -1, {0xb94913af, 0xa6a1f9f5}, tree(IV, 0, {}, 0, 0, 0, ROOT));
}

Words key() { return some<uint32_t>(8, [] { return random_.next(); }); }

void columns(int isa, size_t rows, size_t from, size_t to) {
  size_t blocks = (rows + 15) / 16, stride = 16 * to + 3;
  Words matrix = some<uint32_t>(blocks == 0 ? 0 : blocks * stride - 3, [] { return random_.next(); });
  Words start = key();
  Array<uint32_t> source(matrix), first(start);
  Array<uint8_t> dst(32 * (to - from));
  chk_hash_columns(isa, first.address(), KEYED, dst.address(), source.address(), 4 * stride, rows, from, to);
  Bytes expected;
  for (size_t i = from; i < to; i++) {
    Bytes message(4 * rows);
    for (size_t r = 0; r < rows; r++) {
      memcpy(&message[4 * r], &matrix[r / 16 * stride + 16 * i + r % 16], 4);
    }
    Bytes d = digest(tree(start, KEYED, message, 0, message.size(), 0, ROOT), 32);
    expected.insert(expected.end(), d.begin(), d.end());
  }
  equal("hash_columns", isa, expected, dst.values());
}

void pairs(int isa, size_t n, size_t bytes) {
  Bytes nodes = some<uint8_t>(2 * n * bytes, [] { return random_.next(); });
  Words start = key();
  Array<uint8_t> source(nodes), dst(n * bytes);
  Array<uint32_t> first(start);
  chk_hash_pairs(isa, first.address(), KEYED, dst.address(), source.address(), n, static_cast<int>(bytes));
  Bytes expected;
  for (size_t i = 0; i < n; i++) {
    Bytes d = digest(tree(start, KEYED, nodes, 2 * i * bytes, 2 * (i + 1) * bytes, 0, ROOT), bytes);
    expected.insert(expected.end(), d.begin(), d.end());
  }
  equal("hash_pairs", isa, expected, dst.values());
}

/* Two blocks absorbed, the second of `rows` words, merged with other columns, stored, loaded and stored again. */
void state(int isa, size_t n, int rows, int bytes) {
  size_t stride = n + 5;
  Words matrix = some<uint32_t>(16 * stride - 5, [] { return random_.next(); });
  Words start = key();
  Array<uint32_t> source(matrix), first(start);
  Array<uint32_t> left(8 * n, 64), right(8 * n, 64);
  uint64_t chunk = 0x123456789abcu;
  for (auto *s : {&left, &right}) {
    chk_init_columns(isa, first.address(), s->address(), n);
    chk_absorb_columns(isa, KEYED, s->address(), source.address(), 4 * stride, 16, n, chunk, CHUNK_START);
  }
  chk_absorb_columns(isa, KEYED, right.address(), source.address(), 4 * stride, rows, n, chunk, CHUNK_END);
  chk_merge_columns(isa, first.address(), KEYED, left.address(), right.address(), n, PARENT | ROOT);
  Bytes expected;
  for (size_t i = 0; i < n; i++) {
    Words m(16), some_words(16);
    for (int r = 0; r < 16; r++) {
      m[r] = matrix[r * stride + i];
      some_words[r] = r < rows ? m[r] : 0;
    }
    Words a = compress(start, m, chunk, 64, CHUNK_START | KEYED);
    Words b = compress(a, some_words, chunk, 4 * rows, CHUNK_END | KEYED);
    Bytes d = digest(parent(start, a, b, ROOT | KEYED), bytes);
    expected.insert(expected.end(), d.begin(), d.end());
  }
  Array<uint8_t> dst(n * bytes);
  chk_store_columns(isa, dst.address(), right.address(), n, bytes);
  equal("columns", isa, expected, dst.values());
  Array<uint8_t> whole(n * 32);
  Array<uint32_t> again(8 * n, 64);
  chk_store_columns(isa, whole.address(), right.address(), n, 32);
  chk_load_columns(isa, again.address(), whole.address(), n);
  equal("load_columns", isa, right.values(), again.values());
}

void nonce(int isa, int head_bytes, int bits, uint64_t first, uint64_t count) {
  Bytes head = some<uint8_t>(head_bytes, [] { return random_.next(); });
  Words start = key();
  Array<uint8_t> bytes(head);
  Array<uint32_t> cv(start);
  int64_t expected = -1;
  for (uint64_t i = first; i < first + count && expected < 0; i++) {
    Bytes message = head;
    for (int b = 0; b < 8; b++) {
      message.push_back(static_cast<uint8_t>(i >> 8 * b));
    }
    Words d = compress(start, block(message, 0, message.size()), 0, static_cast<uint32_t>(message.size()), 27);
    uint64_t top = static_cast<uint64_t>(__builtin_bswap32(d[0])) << 32 | __builtin_bswap32(d[1]);
    if (top >> (64 - bits) == 0) {
      expected = static_cast<int64_t>(i);
    }
  }
  equal<int64_t>("least_nonce", isa, {expected},
      {chk_least_nonce(isa, bytes.address(), head_bytes, bits, first, count, cv.address(), 27)});
}

}  // namespace

int main() {
  reference();
  return check::run([](int isa) {
    for (size_t rows : {0, 1, 15, 16, 17, 256, 257, 300, 512, 769, 1300, 2048}) {
      columns(isa, rows, 0, rows > 300 ? 3 : 37);
      columns(isa, rows, 2, 18);
    }
    for (size_t n : {0, 1, 7, 8, 15, 16, 17, 40}) {
      for (size_t bytes : {16, 18, 28, 30, 32}) {
        pairs(isa, n, bytes);
      }
    }
    for (int rows : {1, 7, 15, 16}) {
      for (int bytes : {16, 22, 28, 32}) {
        state(isa, 48, rows, bytes);
      }
    }
    for (int head = 0; head <= 56; head++) {
      for (int bits : {1, 5, 9, 40}) {
        nonce(isa, head, bits, 0, 512);
        nonce(isa, head, bits, (1u << 24) - 64, 256);
        nonce(isa, head, bits, (1ull << 32) - 128, 256);
        nonce(isa, head, bits, (1ull << 40) - 64, 128);
      }
    }
  });
}
