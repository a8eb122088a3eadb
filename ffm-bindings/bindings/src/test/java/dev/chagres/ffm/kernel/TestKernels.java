package dev.chagres.ffm.kernel;

import dev.chagres.ffm.KernelLibrary;
import dev.chagres.ffm.KernelLibrary.InstructionSet;
import dev.chagres.ffm.NativeBuildFacts;
import dev.chagres.kernel.Backend;
import org.junit.jupiter.api.Assumptions;

/// Native kernels for law suites. What this machine cannot run is skipped, and says so.
final class TestKernels {
    private TestKernels() {}

    static Backend of(InstructionSet set) {
        NativeBuildFacts.needKernels();
        KernelLibrary library = KernelLibrary.load();
        if (!library.supports(set)) {
            System.err.println("SKIPPED: laws of the " + set.word() + " kernels, this processor does not run them");
            Assumptions.abort("no " + set.word() + " on this processor");
        }
        return new NativeBackend(library, set);
    }
}
