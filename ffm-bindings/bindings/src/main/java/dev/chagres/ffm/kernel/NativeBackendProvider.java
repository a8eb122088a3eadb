package dev.chagres.ffm.kernel;

import dev.chagres.ffm.KernelLibrary;
import dev.chagres.ffm.KernelLibrary.InstructionSet;
import dev.chagres.ffm.NativeLibraryException;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.BackendProvider;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Offers the native kernels where their library is there and the processor has the instructions. The fastest
/// instruction set is taken, or the one that the system property [#SET_PROPERTY] names.
public final class NativeBackendProvider implements BackendProvider {
    /// System property that forces an instruction set: `avx2` or `avx512`.
    public static final String SET_PROPERTY = "chagres.native.isa";

    /// Made once in a process: backends are compared by identity.
    private static final class Made {
        static final NativeBackend BACKEND = new NativeBackend(KernelLibrary.load(), set(KernelLibrary.load())
                .orElseThrow());
    }

    @Override
    public String word() {
        return "native";
    }

    @Override
    public Optional<String> obstacle() {
        try {
            KernelLibrary library = KernelLibrary.load();
            return set(library).isPresent() ? Optional.empty()
                    : Optional.of("this processor has no AVX2 (x86-64-v3); nothing is to be done");
        } catch (NativeLibraryException e) {
            return Optional.of(e.getMessage());
        }
    }

    /// @throws IllegalArgumentException if the property holds an unknown word, or one that this processor does not run
    private static Optional<InstructionSet> set(KernelLibrary library) {
        String word = System.getProperty(SET_PROPERTY);
        if (word == null) {
            return library.best();
        }
        return Optional.of(Stream.of(InstructionSet.values())
                .filter(s -> s.word().equals(word.strip().toLowerCase(Locale.ROOT)) && library.supports(s)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("system property " + SET_PROPERTY + " is '" + word
                        + "'; use avx2 or avx512, as far as the processor has them")));
    }

    @Override
    public Backend backend() {
        return Made.BACKEND;
    }
}
