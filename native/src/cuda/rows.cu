#include "start.h"
#include "launched.h"

namespace chg {

CHG_ROW_KERNELS(CHG_LAUNCH)

}  // namespace chg
