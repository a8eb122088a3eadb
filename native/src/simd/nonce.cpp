/*
 * Search for a nonce, one in each lane.
 *
 * Of the messages of a turn only the word in which the nonce begins differs. Where that is among the last eight, as
 * behind a state of the transcript, all of round 0 but one G is the same for all nonces with equal higher words and is
 * done once, on words; of round 6 only what digest word 0 needs is done. Together a sixth of the operations.
 */
#include "blake3.h"
#include "kernels.h"

namespace chk::CHK_ISA {
namespace {

/* Lanes in which a is 0, as bits. */
#if defined(__AVX512F__)
CHK_INLINE u32 zeros(V a) { return _mm512_testn_epi32_mask(a, a); }
#else
CHK_INLINE u32 zeros(V a) {
  return static_cast<u32>(_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(a, zero()))));
}
#endif

class Search {
 public:
  Search(u64 head, i32 head_bytes, i32 bits, u64 start, i32 flags)
      : word_(head_bytes / 4), shift_(head_bytes % 4 * 8), bits_(bits), start_(words(start)),
        header_{0, static_cast<u32>(head_bytes + 8), static_cast<u32>(flags)} {
    memcpy(block_, reinterpret_cast<const void *>(head), static_cast<size_t>(head_bytes));
    nonce_word_ = block_[word_];
    for (int i = 0; i < BLOCK_WORDS; i++) {
      store(message_ + i, splat(block_[i]));
    }
    alignas(64) u32 steps[LANES];
    for (u32 i = 0; i < LANES; i++) {
      steps[i] = i << shift_;
    }
    steps_ = load(steps);
    // The digest's bytes come in order, the lowest byte of word 0 first.
    mask_ = splat(__builtin_bswap32(bits >= 32 ? ~0u : ~0u << (32 - bits)));
  }

  i64 least(u64 first, u64 count) {
    return word_ < 8 ? least<false>(first, count) : least<true>(first, count);
  }

 private:
  template <bool LATE>
  i64 least(u64 first, u64 count) {
    for (u64 nonce = first; nonce < first + count; nonce += LANES) {
      // Higher words change when the lower one is used up.
      if (nonce == first || nonce << shift_ << 32 == 0) {
        place(nonce);
        LATE ? begin_late() : begin_early();
      }
      u32 low = nonce_word_ | static_cast<u32>(nonce << shift_);
      store(message_ + word_, add32(splat(low), steps_));
      V v[16];
      if (LATE) {
        last_of_round0();
      }
      unrolled<16>([&](auto i) CHK_LAMBDA { v[i] = load(state_ + i); });
      rounds<LATE ? 1 : 0>(v, [&](auto i) CHK_LAMBDA { return load(message_ + i); });
      for (u32 good = zeros(and_(xor_(v[0], v[8]), mask_)); good != 0; good &= good - 1) {
        u64 candidate = nonce + static_cast<u64>(__builtin_ctz(good));
        if (is_good(candidate)) {
          return static_cast<i64>(candidate);
        }
      }
    }
    return -1;
  }

  /* The block with a nonce; its higher words in the messages of all lanes. */
  void place(u64 nonce) {
    block_[word_] = nonce_word_ | static_cast<u32>(nonce << shift_);
    block_[word_ + 1] = static_cast<u32>(nonce >> (32 - shift_));
    store(message_ + word_ + 1, splat(block_[word_ + 1]));
    if (shift_ > 0) {
      block_[word_ + 2] = static_cast<u32>(nonce >> (64 - shift_));
      store(message_ + word_ + 2, splat(block_[word_ + 2]));
    }
  }

  void fill(u32 (&v)[16]) const {
    for (int i = 0; i < CV_WORDS; i++) {
      v[i] = start_[i];
    }
    header_.fill(v, [](u32 x) CHK_LAMBDA { return x; });
  }

  void begin_early() {
    u32 v[16];
    fill(v);
    for (int i = 0; i < 16; i++) {
      store(state_ + i, splat(v[i]));
    }
  }

  /* Round 0 on words: what the G with the nonce starts from, and what the others yield. */
  void begin_late() {
    u32 v[16];
    fill(v);
    for (int i = 0; i < 4; i++) {
      quarter(v[i], v[4 + i], v[8 + i], v[12 + i], block_[2 * i], block_[2 * i + 1]);
    }
    int own = (word_ - 8) / 2;
    for (int i = 0; i < 4; i++) {
      int at[4] = {i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4};
      if (i == own) {
        for (int j = 0; j < 4; j++) {
          places_[j] = at[j];
          before_[j] = splat(v[at[j]]);
        }
      } else {
        quarter(v[at[0]], v[at[1]], v[at[2]], v[at[3]], block_[8 + 2 * i], block_[9 + 2 * i]);
      }
    }
    for (int i = 0; i < 16; i++) {
      store(state_ + i, splat(v[i]));
    }
  }

  CHK_LAMBDA void last_of_round0() {
    V a = before_[0], b = before_[1], c = before_[2], d = before_[3];
    const V *pair = message_ + word_ / 2 * 2;
    quarter(a, b, c, d, load(pair), load(pair + 1));
    store(state_ + places_[0], a);
    store(state_ + places_[1], b);
    store(state_ + places_[2], c);
    store(state_ + places_[3], d);
  }

  bool is_good(u64 nonce) {
    place(nonce);
    u32 v[16];
    fill(v);
    rounds<0>(v, [&](auto i) CHK_LAMBDA { return block_[i]; });
    u64 top = static_cast<u64>(__builtin_bswap32(v[0] ^ v[8])) << 32 | __builtin_bswap32(v[1] ^ v[9]);
    return top >> (64 - bits_) == 0;
  }

  int word_;
  int shift_;
  int bits_;
  const u32 *start_;
  Header header_;
  u32 block_[BLOCK_WORDS] = {};
  u32 nonce_word_;
  int places_[4];
  V message_[BLOCK_WORDS];
  V state_[16];
  V before_[4];
  V steps_;
  V mask_;
};

}  // namespace

i64 least_nonce(u64 head, i32 head_bytes, i32 bits, u64 first, u64 count, u64 start, i32 flags) {
  return Search(head, head_bytes, bits, start, flags).least(first, count);
}

}  // namespace chk::CHK_ISA
