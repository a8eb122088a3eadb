#include "start.h"
#include "launched.h"

namespace chg {

CHG_TREE_KERNELS(CHG_LAUNCH)

}  // namespace chg
