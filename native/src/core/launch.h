/* How kernels are started; each kind of device does it in its way, for the kernels of launched.h. */
#ifndef CHG_LAUNCH_H
#define CHG_LAUNCH_H

#include "device.h"

namespace chg {

/* Asynchronous, on at most `blocks` blocks, at least 1; `function` names it in messages. */
template <class Kernel>
int32_t launch(chg_stream *stream, const char *function, const Kernel &kernel, u64 blocks);

}  // namespace chg

#endif
