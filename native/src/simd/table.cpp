/* The table of one instruction set. */
#include "kernels.h"

namespace chk::CHK_ISA {

const Kernels kernels = {
#define K(result, name, parameters, arguments) name,
#include "kernels.def"
#undef K
};

}  // namespace chk::CHK_ISA
