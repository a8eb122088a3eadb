#include "start.h"
#include "launched.h"

namespace chg {

CHG_ARRAY_KERNELS(CHG_LAUNCH)

}  // namespace chg
