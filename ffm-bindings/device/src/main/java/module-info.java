/// The prover's stages on devices, CUDA or the emulated one; the engine finds them as a service.
module dev.chagres.device {
    requires dev.chagres.engine;
    requires dev.chagres.ffm;

    provides dev.chagres.prove.host.StagesProvider with dev.chagres.device.DeviceProvider;
}
