/// [dev.chagres.prove.stage.Stages] on a device behind the C ABI: proofs have the bytes of the processor's.
///
/// A [dev.chagres.device.DeviceSite] is an open device with what all stages on it share: streams, and tensors of the
/// host that have been uploaded. Each stage is a class of its own, made by [dev.chagres.device.DeviceStages]; it takes
/// a [dev.chagres.device.DeviceWork] for as long as it lives, and what it holds of the device's memory is free again once
/// that is closed. Results for the host are field elements, counts and chaining values.
package dev.chagres.device;
