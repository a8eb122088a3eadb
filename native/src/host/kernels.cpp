/* The kernels on the emulated device. */
#include "enqueue.h"
#include "launch.h"
#include "launched.h"

namespace chg {

template <class Kernel>
int32_t launch(chg_stream *stream, const char *function, const Kernel &kernel, u64 blocks) {
  return enqueue(stream, function, blocks, [kernel](Block &block) { kernel(block); });
}

#define CHG_LAUNCH(...) template int32_t launch(chg_stream *, const char *, const __VA_ARGS__ &, u64);
CHG_ARRAY_KERNELS(CHG_LAUNCH)
CHG_SUM_KERNELS(CHG_LAUNCH)
CHG_CODE_KERNELS(CHG_LAUNCH)
CHG_INTEGER_KERNELS(CHG_LAUNCH)
CHG_COUNT_KERNELS(CHG_LAUNCH)
CHG_INFERENCE_KERNELS(CHG_LAUNCH)
CHG_ROW_KERNELS(CHG_LAUNCH)
CHG_TREE_KERNELS(CHG_LAUNCH)
CHG_STATEMENT_KERNELS(CHG_LAUNCH)

}  // namespace chg
