/// The kernels of `libchagres_kernels.so` as a backend: the interfaces of [dev.chagres.kernel] on the same addresses. They
/// are compiled before the program starts, so they are fast from the first call.
package dev.chagres.ffm.kernel;
