#include "start.h"
#include "launched.h"

namespace chg {

CHG_STATEMENT_KERNELS(CHG_LAUNCH)

}  // namespace chg
