/* How a kernel gets into a stream of the emulated device. */
#ifndef CHG_ENQUEUE_H
#define CHG_ENQUEUE_H

#include <functional>

#include "device.h"

namespace chg {

/* `body` runs for each block of any number of blocks up to `blocks`, in any order. */
int32_t enqueue(chg_stream *stream, const char *function, u64 blocks, std::function<void(Block &)> body);

}  // namespace chg

#endif
