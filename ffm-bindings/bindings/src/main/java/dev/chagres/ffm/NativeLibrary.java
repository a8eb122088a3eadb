package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/// The native library of this process: loaded, of the right ABI, with every function linked.
///
/// The generated bindings look functions up in the class loader, so there is one library in a process; who asks for
/// another one afterwards is refused.
public final class NativeLibrary {
    /// System property with files of libraries, or with their folders, separated as on a class path. Nothing else is tried
    /// where it is set.
    public static final String PATH = "chagres.native.path";

    private static final LibraryBindings BINDINGS = new LibraryBindings(ChagresCuda.class, "chg_abi_version",
            ChagresCuda::chg_abi_version, ChagresCuda::CHG_ABI_VERSION);

    private static NativeLibrary loaded;
    /// Why a library that is in the process must not be used.
    private static NativeLibraryException refused;

    /// The two libraries; both have the same functions.
    public enum Kind {
        /// A device emulated on the processor.
        HOST("libchagres_host.so"),
        /// CUDA.
        CUDA("libchagres_cuda.so");

        private final String fileName;

        Kind(String fileName) {
            this.fileName = fileName;
        }

        /// Name of the library's file.
        public String fileName() {
            return fileName;
        }
    }

    /// Devices of the machine. Versions are CUDA's, 13000 for 13.0, and 0 where there is no CUDA.
    ///
    /// @param count at least 1
    /// @param driver what the driver supports
    /// @param runtime what the library was built with
    public record Devices(int count, int driver, int runtime) {}

    private final Kind kind;
    private final LibraryFile file;

    private NativeLibrary(Kind kind, LibraryFile file) {
        this.kind = kind;
        this.file = file;
    }

    /// Loads a library, or gives the one that is loaded.
    ///
    /// @throws NativeLibraryException if it is not there, does not fit, or another one is loaded
    public static synchronized NativeLibrary load(Kind kind) {
        if (refused != null) {
            throw refused;
        }
        if (loaded != null && loaded.kind != kind) {
            throw LibraryFile.refusal(kind.fileName, "this process has " + loaded.kind.fileName + " ("
                    + loaded.file.origin() + "), and there is one in a process");
        }
        if (loaded == null) {
            LibraryFile file = LibraryFile.load(kind.fileName);
            try {
                BINDINGS.check(kind.fileName, file);
                BINDINGS.linkAll();
            } catch (NativeLibraryException e) {
                refused = e;
                throw e;
            }
            loaded = new NativeLibrary(kind, file);
        }
        return loaded;
    }

    /// Where a library would be loaded from, without loading it.
    ///
    /// @throws NativeLibraryException naming what was tried, if it is not there
    public static Path locate(Kind kind) {
        return LibraryFile.find(kind.fileName).path();
    }

    /// Names of all functions of the ABI.
    static List<String> functions() {
        return BINDINGS.functions();
    }

    /// Which of the libraries this is.
    public Kind kind() {
        return kind;
    }

    /// The file that was loaded.
    public Path path() {
        return file.path();
    }

    /// Where the file comes from: the property, or the resource of a jar.
    public String origin() {
        return file.origin();
    }

    /// One line: targets, ABI, compiler, SHA-256 of the header.
    public String buildInfo() {
        return ChagresCuda.chg_build_info().getString(0);
    }

    /// Counts devices.
    ///
    /// @throws DeviceException with [Status#NO_DEVICE] or [Status#DRIVER_TOO_OLD] where there is none to use
    public Devices devices() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(ValueLayout.JAVA_INT, 3);
            long step = ValueLayout.JAVA_INT.byteSize();
            Status.check(ChagresCuda.chg_device_count(numbers, numbers.asSlice(step), numbers.asSlice(2 * step)));
            return new Devices(numbers.getAtIndex(ValueLayout.JAVA_INT, 0),
                    numbers.getAtIndex(ValueLayout.JAVA_INT, 1), numbers.getAtIndex(ValueLayout.JAVA_INT, 2));
        }
    }

    /// Opens a device and takes all memory that it will use.
    ///
    /// @param ordinal from 0
    /// @param slabBytes a positive multiple of [Device#ALIGNMENT]
    /// @throws DeviceException if there is no such device, or not as much memory
    public Device open(int ordinal, long slabBytes) {
        return new Device(ordinal, slabBytes);
    }
}
