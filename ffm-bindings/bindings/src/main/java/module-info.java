/// Native code for Java: kernels for the processor, found by [dev.chagres.kernel.Backends], large regions of memory, and
/// devices that hold tensors, an emulated one and CUDA. Bindings are generated and not exported.
module dev.chagres.ffm {
    requires transitive dev.chagres.kernel;

    exports dev.chagres.ffm;
    exports dev.chagres.ffm.kernel;

    provides dev.chagres.kernel.BackendProvider with dev.chagres.ffm.kernel.NativeBackendProvider;
    provides dev.chagres.kernel.PagesProvider with dev.chagres.ffm.pages.LinuxPagesProvider;
}
