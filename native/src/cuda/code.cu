#include "start.h"
#include "launched.h"

namespace chg {

CHG_CODE_KERNELS(CHG_LAUNCH)

}  // namespace chg
