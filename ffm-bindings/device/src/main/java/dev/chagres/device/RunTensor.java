package dev.chagres.device;

import dev.chagres.ffm.DeviceInts;
import dev.chagres.tensor.IntTensor;

/// A tensor of a [DeviceInference], which kernels read and write where the device has it.
sealed interface RunTensor extends IntTensor permits FixedTensor, MirroredTensor, ScratchTensor {
    /// The values on the device, for kernels that read them; brought there if they are not.
    DeviceInts read();

    /// The values on the device, for kernels that write some of them.
    DeviceInts write();
}
