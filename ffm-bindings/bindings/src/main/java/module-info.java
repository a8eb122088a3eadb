/// Devices that hold tensors, behind a C ABI: an emulated one and CUDA. Bindings are generated and not exported.
module dev.chagres.ffm {
    requires transitive dev.chagres.kernel;

    exports dev.chagres.ffm;
}
