/* How kernels are started on a CUDA device. */
#ifndef CHG_CUDA_START_H
#define CHG_CUDA_START_H

#include <cuda_runtime_api.h>

#include "launch.h"

namespace chg {

/* Makes the stream's device the thread's, and gives the runtime's name of the stream. */
cudaError_t enter(chg_stream *stream, cudaStream_t *out);

/* The status of a failed call of the runtime, with its number and text. */
int32_t cuda_failure(const char *function, cudaError_t error);

template <class Kernel>
__global__ void __launch_bounds__(THREADS) run(const __grid_constant__ Kernel kernel) {
  Block block;
  kernel(block);
}

template <class Kernel>
int32_t launch(chg_stream *stream, const char *function, const Kernel &kernel, u64 blocks) {
  constexpr u64 MOST_BLOCKS = 1 << 16;
  cudaStream_t handle = nullptr;
  cudaError_t error = enter(stream, &handle);
  if (error == cudaSuccess) {
    run<<<static_cast<unsigned>(blocks < MOST_BLOCKS ? blocks : MOST_BLOCKS), THREADS, 0, handle>>>(kernel);
    error = cudaGetLastError();
  }
  return error == cudaSuccess ? CHG_OK : cuda_failure(function, error);
}

#define CHG_LAUNCH(...) template int32_t launch(chg_stream *, const char *, const __VA_ARGS__ &, u64);

}  // namespace chg

#endif
