/*
 * The compression of BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, "BLAKE3", section 2.2) with one message in each
 * lane, or in one word. Sixteen words of state stay in registers, message words come from memory: 784 operations on
 * vectors, two a cycle at best.
 */
#ifndef CHK_BLAKE3_H
#define CHK_BLAKE3_H

#include <array>
#include <cstring>

#include "transpose.h"
#include "unrolled.h"

namespace chk::CHK_ISA {

constexpr int CHUNK_START = 1;
constexpr int CHUNK_END = 2;
constexpr int PARENT = 4;
constexpr int ROOT = 8;

constexpr int CV_WORDS = 8;
constexpr int BLOCK_WORDS = 16;
constexpr int BLOCK_BYTES = 64;
constexpr int DIGEST_BYTES = 32;

constexpr u32 IV[4] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a};

/* Which message word comes k-th in round r, at 16 r + k: from round to round they are permuted (table 2). */
constexpr std::array<u8, 112> message_order() {
  constexpr u8 next[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
  std::array<u8, 112> order{};
  for (u8 i = 0; i < 112; i++) {
    order[i] = i < 16 ? i : order[i / 16 * 16 - 16 + next[i % 16]];
  }
  return order;
}
constexpr std::array<u8, 112> ORDER = message_order();

CHK_INLINE u32 add32(u32 a, u32 b) { return a + b; }
CHK_INLINE u32 xor_(u32 a, u32 b) { return a ^ b; }
template <int N> CHK_INLINE u32 rotate(u32 a) { return a >> N | a << (32 - N); }
#if defined(__AVX512F__)
template <int N> CHK_INLINE V rotate(V a) { return _mm512_ror_epi32(a, N); }
#else
template <int N> CHK_INLINE V rotate(V a) {
  if (N == 16) {
    return _mm256_shuffle_epi8(a, _mm256_setr_epi8(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13,
        2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
  }
  if (N == 8) {
    return _mm256_shuffle_epi8(a, _mm256_setr_epi8(1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12,
        1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12));
  }
  return or_(srl32<N>(a), sll32<32 - N>(a));
}
#endif

/* The function G of the paper. */
template <class W>
CHK_INLINE void quarter(W &a, W &b, W &c, W &d, W x, W y) {
  a = add32(add32(a, x), b);
  d = rotate<16>(xor_(d, a));
  c = add32(c, d);
  b = rotate<12>(xor_(b, c));
  a = add32(add32(a, y), b);
  d = rotate<8>(xor_(d, a));
  c = add32(c, d);
  b = rotate<7>(xor_(b, c));
}

/* Rounds FROM to 6. `words(i)` is message word i. */
template <int FROM, class W, class M>
CHK_INLINE void rounds(W (&v)[16], M words) {
  unrolled<7 - FROM>([&](auto r) CHK_LAMBDA {
    unrolled<4>([&](auto i) CHK_LAMBDA {
      constexpr int k = 16 * (FROM + r) + 2 * i;
      quarter<W>(v[i], v[4 + i], v[8 + i], v[12 + i], words(Index<ORDER[k]>{}), words(Index<ORDER[k + 1]>{}));
    });
    unrolled<4>([&](auto i) CHK_LAMBDA {
      constexpr int k = 16 * (FROM + r) + 8 + 2 * i;
      quarter<W>(v[i], v[4 + (i + 1) % 4], v[8 + (i + 2) % 4], v[12 + (i + 3) % 4], words(Index<ORDER[k]>{}),
          words(Index<ORDER[k + 1]>{}));
    });
  });
}

/* What follows the chaining value in the state: constants, counter, bytes of the block, flags. */
struct Header {
  u64 counter;
  u32 length;
  u32 flags;

  template <class W, class S>
  CHK_LAMBDA void fill(W (&v)[16], S word) const {
    unrolled<4>([&](auto i) CHK_LAMBDA { v[8 + i] = word(IV[i]); });
    v[12] = word(static_cast<u32>(counter));
    v[13] = word(static_cast<u32>(counter >> 32));
    v[14] = word(length);
    v[15] = word(flags);
  }
  CHK_LAMBDA void fill(V (&v)[16]) const { fill(v, [](u32 x) CHK_LAMBDA { return splat(x); }); }
};

/* `out` = chaining value after the block at `message`, sixteen vectors, on that at `cv`, eight; both may be one. */
CHK_INLINE void compress(V *out, const V *cv, const V *message, const Header &header) {
  V v[16];
  unrolled<CV_WORDS>([&](auto i) CHK_LAMBDA { v[i] = load(cv + i); });
  header.fill(v);
  rounds<0>(v, [&](auto i) CHK_LAMBDA { return load(message + i); });
  unrolled<CV_WORDS>([&](auto i) CHK_LAMBDA { store(out + i, xor_(v[i], v[8 + i])); });
}

/* Chaining value of all lanes. */
CHK_INLINE void begin(V *cv, u64 start) {
  for (int i = 0; i < CV_WORDS; i++) {
    store(cv + i, splat(words(start)[i]));
  }
}

/* The words of one digest for each lane, `bytes` of each, one after another; of the first `count` lanes. */
CHK_INLINE void store_digests(u64 dst, const V *cv, int count, int bytes) {
  alignas(64) u8 digests[LANES][DIGEST_BYTES];
  V a[CV_WORDS];
  unrolled<CV_WORDS>([&](auto i) CHK_LAMBDA { a[i] = load(cv + i); });
#if defined(__AVX512F__)
  // 128 bits at place p of a[j] are words 0 to 3 of lane 4 p + j, and in a[4 + j] words 4 to 7.
  transpose4(a);
  transpose4(a + 4);
  unrolled<4>([&](auto j) CHK_LAMBDA {
    V low = _mm512_permutex2var_epi64(a[j], _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), a[4 + j]);
    V high = _mm512_permutex2var_epi64(a[j], _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), a[4 + j]);
    _mm256_store_si256(reinterpret_cast<__m256i *>(digests[j]), _mm512_castsi512_si256(low));
    _mm256_store_si256(reinterpret_cast<__m256i *>(digests[4 + j]), _mm512_extracti64x4_epi64(low, 1));
    _mm256_store_si256(reinterpret_cast<__m256i *>(digests[8 + j]), _mm512_castsi512_si256(high));
    _mm256_store_si256(reinterpret_cast<__m256i *>(digests[12 + j]), _mm512_extracti64x4_epi64(high, 1));
  });
#else
  transpose(a);
  unrolled<LANES>([&](auto i) CHK_LAMBDA { store(digests[i], a[i]); });
#endif
  u8 *to = reinterpret_cast<u8 *>(dst);
  // Whole digests, each over the end of the one before; the last exactly.
  for (int i = 0; i + 1 < count; i++, to += bytes) {
    memcpy(to, digests[i], DIGEST_BYTES);
  }
  memcpy(to, digests[count - 1], static_cast<size_t>(bytes));
}

}  // namespace chk::CHK_ISA

#endif
