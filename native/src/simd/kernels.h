/* What an instruction set implements: every kernel of kernels.def in the namespace CHK_ISA, and their table. */
#ifndef CHK_KERNELS_H
#define CHK_KERNELS_H

#include <cstdint>

#define chk_int int32_t

namespace chk {

/* The kernels of one instruction set. */
struct Kernels {
#define K(result, name, parameters, arguments) result(*name) parameters;
#include "kernels.def"
#undef K
};

namespace avx2 {
extern const Kernels kernels;
}
namespace avx512 {
extern const Kernels kernels;
}

#ifdef CHK_ISA
namespace CHK_ISA {
#define K(result, name, parameters, arguments) result name parameters;
#include "kernels.def"
#undef K
}  // namespace CHK_ISA
#endif

}  // namespace chk

#undef chk_int

#endif
