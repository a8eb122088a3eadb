/// Kernels over off-heap memory: Vector API, and their scalar twins. For the engine and for benchmarks; hosts of the
/// engine choose a backend and see the counters of the memory pool.
module dev.chagres.kernel {
    requires transitive dev.chagres.field;
    requires static jdk.incubator.vector;

    exports dev.chagres.kernel;

    uses dev.chagres.kernel.BackendProvider;
    uses dev.chagres.kernel.PagesProvider;
}
