package dev.chagres.ffm;

import dev.chagres.ffm.generated.ChagresCuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The native library of this process: loaded, of the right ABI, with every function linked.
///
/// The generated bindings look functions up in the class loader, so there is one library in a process; who asks for
/// another one afterwards is refused.
public final class NativeLibrary {
    /// System property with the file of the library, or with its folder. Nothing else is tried where it is set.
    public static final String PATH = "chagres.native.path";

    private static final String HANDLE = "$handle";

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
            if (!NativeLibrary.class.getModule().isNativeAccessEnabled()) {
                throw LibraryFile.refusal(kind.fileName, "native access is not enabled; start Java with "
                        + "--enable-native-access=" + accessName());
            }
            LibraryFile file = LibraryFile.find(kind.fileName);
            try {
                System.load(file.path().toString());
            } catch (UnsatisfiedLinkError e) {
                throw LibraryFile.refusal(kind.fileName, file.origin() + ": " + e.getMessage());
            }
            try {
                checkVersion(kind, file);
                linkAll(kind, file);
            } catch (NativeLibraryException e) {
                refused = e;
                throw e;
            }
            loaded = new NativeLibrary(kind, file);
        }
        return loaded;
    }

    private static String accessName() {
        Module module = NativeLibrary.class.getModule();
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }

    private static void checkVersion(Kind kind, LibraryFile file) {
        if (SymbolLookup.loaderLookup().find("chg_abi_version").isEmpty()) {
            throw LibraryFile.refusal(kind.fileName, file.origin() + ": it has no chg_abi_version, so it is not ours");
        }
        int version = ChagresCuda.chg_abi_version();
        if (version != ChagresCuda.CHG_ABI_VERSION()) {
            throw LibraryFile.refusal(kind.fileName, file.origin() + ": its ABI is version " + version
                    + ", this program needs version " + ChagresCuda.CHG_ABI_VERSION()
                    + "; take both from one release");
        }
    }

    /// Links every function now: a missing one is found here, and no proof waits for a first call.
    private static void linkAll(Kind kind, LibraryFile file) {
        SymbolLookup symbols = SymbolLookup.loaderLookup();
        List<Method> handles = handles();
        List<String> missing = handles.stream().map(NativeLibrary::function).filter(f -> symbols.find(f).isEmpty())
                .sorted().toList();
        if (!missing.isEmpty()) {
            throw LibraryFile.refusal(kind.fileName, file.origin() + ": it lacks " + String.join(", ", missing));
        }
        try {
            for (Method handle : handles) {
                handle.invoke(null);
            }
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("the generated bindings do not link", e);
        }
    }

    /// The accessors of the generated bindings that link a function, one for each function.
    private static List<Method> handles() {
        return Stream.of(ChagresCuda.class.getDeclaredMethods()).filter(m -> m.getName().endsWith(HANDLE)).toList();
    }

    private static String function(Method handle) {
        return handle.getName().substring(0, handle.getName().length() - HANDLE.length());
    }

    /// Names of all functions of the ABI.
    static List<String> functions() {
        return handles().stream().map(NativeLibrary::function).sorted().toList();
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
