package dev.chagres.ffm;

import java.lang.foreign.SymbolLookup;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/// What generated bindings need of the library that was loaded: their ABI, and every function.
///
/// @param type the generated class
/// @param versionFunction the function that says the ABI version
/// @param version calls it
/// @param expected the version that the bindings were made for. The class itself needs native access, so that it is not
///     asked before that is known to be there
record LibraryBindings(Class<?> type, String versionFunction, IntSupplier version, IntSupplier expected) {
    private static final String HANDLE = "$handle";

    /// Whether the loaded library has the ABI and all functions.
    ///
    /// @throws NativeLibraryException naming what does not fit
    void check(String name, LibraryFile file) {
        SymbolLookup symbols = SymbolLookup.loaderLookup();
        if (symbols.find(versionFunction).isEmpty()) {
            throw LibraryFile.refusal(name, file.origin() + ": it has no " + versionFunction + ", so it is not ours");
        }
        int found = version.getAsInt();
        if (found != expected.getAsInt()) {
            throw LibraryFile.refusal(name, file.origin() + ": its ABI is version " + found
                    + ", this program needs version " + expected.getAsInt() + "; take both from one release");
        }
        List<String> missing = functions().stream().filter(f -> symbols.find(f).isEmpty()).toList();
        if (!missing.isEmpty()) {
            throw LibraryFile.refusal(name, file.origin() + ": it lacks " + String.join(", ", missing));
        }
    }

    /// Links every function now, so that no proof waits for a first call.
    void linkAll() {
        try {
            for (Method handle : handles().toList()) {
                handle.invoke(null);
            }
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("the generated bindings do not link", e);
        }
    }

    /// Names of all functions of the bindings.
    List<String> functions() {
        return handles().map(h -> h.getName().substring(0, h.getName().length() - HANDLE.length())).sorted().toList();
    }

    /// The accessors of the generated bindings that link a function, one for each function.
    private Stream<Method> handles() {
        return Stream.of(type.getDeclaredMethods()).filter(m -> m.getName().endsWith(HANDLE));
    }
}
