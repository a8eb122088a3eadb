package dev.chagres.ffm;

import dev.chagres.ffm.generated.kernels.ChagresKernels;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The library of kernels for the processor, loaded and of the right ABI.
public final class KernelLibrary {
    private static final String FILE = "libchagres_kernels.so";

    private static final LibraryBindings BINDINGS = new LibraryBindings(ChagresKernels.class, "chk_abi_version",
            () -> (int) ChagresKernels.chk_abi_version(), ChagresKernels::CHK_ABI_VERSION);

    private static KernelLibrary loaded;
    /// Why the library must not be used; asked for again and again, it is said again.
    private static NativeLibraryException refused;

    /// Instruction sets that kernels are compiled for, from the slowest.
    public enum InstructionSet {
        /// AVX2 and FMA.
        AVX2(ChagresKernels.CHK_AVX2()),
        /// AVX-512 with IFMA, VBMI, VBMI2 and VNNI.
        AVX512(ChagresKernels.CHK_AVX512());

        private final int code;

        InstructionSet(int code) {
            this.code = code;
        }

        /// The number by which the library knows it.
        public int code() {
            return code;
        }

        /// Its name in listings: `avx2`, `avx512`.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final LibraryFile file;

    private KernelLibrary(LibraryFile file) {
        this.file = file;
    }

    /// Loads the library, or gives it if it is loaded.
    ///
    /// @throws NativeLibraryException if it is not there or does not fit
    public static synchronized KernelLibrary load() {
        if (refused != null) {
            throw refused;
        }
        if (loaded == null) {
            try {
                LibraryFile file = LibraryFile.load(FILE);
                BINDINGS.check(FILE, file);
                loaded = new KernelLibrary(file);
            } catch (NativeLibraryException e) {
                refused = e;
                throw e;
            }
        }
        return loaded;
    }

    /// Names of all functions of the ABI.
    static List<String> functions() {
        return BINDINGS.functions();
    }

    /// Whether this processor runs the code of an instruction set.
    public boolean supports(InstructionSet set) {
        return ChagresKernels.chk_supported(set.code) != 0;
    }

    /// The fastest instruction set of this processor; empty if it has none of them.
    public Optional<InstructionSet> best() {
        return Stream.of(InstructionSet.values()).filter(this::supports).reduce((slower, faster) -> faster);
    }

    /// The file that was loaded.
    public Path path() {
        return file.path();
    }

    /// Where the file comes from: the property, the runtime image, or the resource of a jar.
    public String origin() {
        return file.origin();
    }

    /// One line: instruction sets, ABI, compiler, SHA-256 of the header.
    public String buildInfo() {
        return ChagresKernels.chk_build_info().getString(0);
    }
}
