package dev.chagres.kernel;

import dev.chagres.kernel.simd.VectorBackend;
import java.util.Optional;
import java.util.function.IntSupplier;

/// What decides whether vector kernels are worth using.
///
/// @param hasVectorModule whether the incubating vector module is resolved
/// @param vmName the property `java.vm.name`
/// @param vmInfo the property `java.vm.info`, which tells interpreted mode
/// @param arch the property `os.arch`
/// @param preferredBits the machine's preferred vector width; asked for only when the module is there
record Machine(boolean hasVectorModule, String vmName, String vmInfo, String arch, IntSupplier preferredBits) {
    static Machine ofThisProcess() {
        return new Machine(
                ModuleLayer.boot().findModule(Backends.MODULE).isPresent(),
                System.getProperty("java.vm.name", ""),
                System.getProperty("java.vm.info", ""),
                System.getProperty("os.arch", ""),
                VectorBackend::preferredBits);
    }

    /// Why vector kernels would be slow here, and the cure; empty if they are fast.
    Optional<String> obstacle() {
        if (!hasVectorModule) {
            return Optional.of("the module " + Backends.MODULE + " is not present; start Java with --add-modules "
                    + Backends.MODULE);
        }
        if (!vmName.contains("HotSpot") && !vmName.contains("OpenJDK")) {
            return Optional.of("the virtual machine '" + vmName
                    + "' does not compile the Vector API to vector instructions; "
                    + "use a HotSpot build of the JDK");
        }
        if (vmInfo.contains("interpreted") || vmName.contains("Client") || vmName.contains("Zero")) {
            return Optional.of("the optimising compiler is off (" + vmName + ", " + vmInfo
                    + "); start Java without -Xint or -client");
        }
        int bits = preferredBits.getAsInt();
        if (arch.equals("amd64") && bits < 256) {
            return Optional.of("vectors are only " + bits
                    + " bits wide; use a processor with AVX2, or do not lower -XX:UseAVX");
        }
        return Optional.empty();
    }
}
