/* The exported functions: each hands over to the code of an instruction set. Compiled for the baseline. */
#pragma GCC visibility push(default)
#include "chagres_kernels.h"
#pragma GCC visibility pop

#include "kernels.h"

static const chk::Kernels *const SETS[CHK_ISA_COUNT] = {&chk::avx2::kernels, &chk::avx512::kernels};

int64_t chk_abi_version(void) { return CHK_ABI_VERSION; }

/* The compiler's test of the processor asks the operating system for the registers, too. */
int64_t chk_supported(int64_t isa) {
  switch (isa) {
    case CHK_AVX2:
      return __builtin_cpu_supports("x86-64-v3") != 0;
    case CHK_AVX512:
      return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512ifma") &&
             __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
             __builtin_cpu_supports("avx512vnni");
    default:
      return 0;
  }
}

const char *chk_build_info(void) {
  return "avx2 avx512, ABI " CHK_ABI_TEXT ", g++ " __VERSION__ ", header " CHK_HEADER_SHA256;
}

#define chk_int int64_t
#define CHK_WITH_ISA(...) (int64_t isa, __VA_ARGS__)
#define K(result, name, parameters, arguments) \
  result chk_##name CHK_WITH_ISA parameters { return SETS[isa]->name arguments; }
#include "kernels.def"
#undef K
