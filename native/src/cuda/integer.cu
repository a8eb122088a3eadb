#include "start.h"
#include "launched.h"

namespace chg {

CHG_INTEGER_KERNELS(CHG_LAUNCH)

}  // namespace chg
