#include "start.h"
#include "launched.h"

namespace chg {

CHG_SUM_KERNELS(CHG_LAUNCH)

}  // namespace chg
