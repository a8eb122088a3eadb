#include "start.h"
#include "launched.h"

namespace chg {

CHG_COUNT_KERNELS(CHG_LAUNCH)

}  // namespace chg
