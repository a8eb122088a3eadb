/// A face of the native device ABI (`native/include/chagres_cuda.h`) that a caller cannot use wrongly without being
/// told.
///
/// [dev.chagres.ffm.NativeLibrary] loads one library and checks it; it opens a [dev.chagres.ffm.Device], whose memory
/// is cut into [dev.chagres.ffm.DeviceBuffer]s that host code cannot read; [dev.chagres.ffm.Stream]s copy and work on
/// them, [dev.chagres.ffm.Pinned] memory is what they reach by themselves. A failed call is a
/// [dev.chagres.ffm.DeviceException] with its [dev.chagres.ffm.Status].
///
/// [dev.chagres.ffm.DeviceKernels] are the kernels of `dev.chagres.kernel` on the buffers of a device, through a stream.
///
/// A stream, and the device through it, is used by one thread at a time; allocation and release may come from any.
/// This package and the source of pages of `dev.chagres.kernel` are the only users of the foreign linker.
package dev.chagres.ffm;
