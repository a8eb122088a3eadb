#include "start.h"
#include "launched.h"

namespace chg {

CHG_INFERENCE_KERNELS(CHG_LAUNCH)

}  // namespace chg
