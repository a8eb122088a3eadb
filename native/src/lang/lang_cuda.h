/* lang.h for nvcc: a thread is a thread. */
#ifndef CHG_LANG_CUDA_H
#define CHG_LANG_CUDA_H

#define CHG_FN __device__ __forceinline__
#define CHG_UNROLL _Pragma("unroll")
#define CHG_UNROLL_BY_4 _Pragma("unroll 4")
#define CHG_SHARED(T, name, n) __shared__ T name[n]

namespace chg {

/*
 * Written as an instruction: from a comparison with x + c the compiler makes one with a constant and a selection, and
 * ptxas no longer finds the addition with a minimum that is one instruction.
 */
CHG_FN u32 least(u32 a, u32 b) {
  u32 result;
  asm("min.u32 %0, %1, %2;" : "=r"(result) : "r"(a), "r"(b));
  return result;
}

class Block {
 public:
  CHG_FN u64 index() const { return blockIdx.x; }
  CHG_FN u64 count() const { return gridDim.x; }
  CHG_FN u64 first(u32 t) const { return u64{blockIdx.x} * THREADS + t; }
  CHG_FN u64 step() const { return u64{gridDim.x} * THREADS; }

  template <class Part>
  CHG_FN void each(Part part) {
    part(threadIdx.x);
    __syncthreads();
  }
};

template <class T>
class Reg {
 public:
  CHG_FN T &operator[](u32) { return value_; }

 private:
  T value_;
};

/* Return what was there before. */
CHG_FN u32 atomic_add(u32 *at, u32 value) { return atomicAdd(at, value); }

CHG_FN u64 atomic_add(u64 *at, u64 value) {
  return atomicAdd(reinterpret_cast<unsigned long long *>(at), static_cast<unsigned long long>(value));
}

CHG_FN u64 atomic_max(u64 *at, u64 value) {
  return atomicMax(reinterpret_cast<unsigned long long *>(at), static_cast<unsigned long long>(value));
}

CHG_FN u64 atomic_exchange(u64 *at, u64 value) {
  return atomicExch(reinterpret_cast<unsigned long long *>(at), static_cast<unsigned long long>(value));
}

/* A value that others may change meanwhile. */
CHG_FN u64 peek(const u64 *at) { return *reinterpret_cast<const volatile u64 *>(at); }

/* Other blocks see what this thread has written so far before what it writes from now on. */
CHG_FN void fence() { __threadfence(); }

/* Who sees the value in memory of the host's, and reads it to acquire, sees what this thread has written or seen. */
CHG_FN void raise(u64 *at, u64 value) {
  __threadfence_system();
  *reinterpret_cast<volatile u64 *>(at) = value;
}

}  // namespace chg

#endif
