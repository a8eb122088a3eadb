package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Assumptions;

/// What the native build before this one says that it built.
public final class NativeBuildFacts {
    private static final String BUILT = "built";

    private NativeBuildFacts() {}

    static Properties read() {
        try (InputStream in = NativeBuildFacts.class.getResourceAsStream("/META-INF/native/native.properties")) {
            Properties facts = new Properties();
            facts.load(in);
            return facts;
        } catch (IOException e) {
            throw new UncheckedIOException("native.properties", e);
        }
    }

    /// The library to test with. Without it a test is skipped, and says so; with `-Dchagres.native=require` it fails.
    public static void needHost() {
        needRequired("host");
    }

    /// The kernels of the processor, likewise.
    public static void needKernels() {
        needRequired("kernels");
    }

    private static void needRequired(String kind) {
        String state = read().getProperty(kind);
        if (System.getProperty("chagres.native").equals("require")) {
            assertThat(state).as("libchagres_" + kind + ".so, which -Dchagres.native=require asks for")
                    .isEqualTo(BUILT);
        }
        need(kind, state);
    }

    /// The CUDA library is optional always.
    static void needCuda() {
        need("cuda", read().getProperty("cuda"));
    }

    private static void need(String kind, String state) {
        if (!state.equals(BUILT)) {
            System.err.println("SKIPPED: tests of libchagres_" + kind + ".so, " + state);
        }
        Assumptions.assumeTrue(state.equals(BUILT), () -> "libchagres_" + kind + ".so is " + state);
    }

    /// The target folder of the native build.
    static Path target() {
        return Path.of(System.getProperty("chagres.native.target"));
    }

    /// The folder, or root of a class path, with the library of a kind.
    static Path root(NativeLibrary.Kind kind) {
        return target().resolve(kind == NativeLibrary.Kind.HOST ? "host" : "cuda");
    }

    static Path file(NativeLibrary.Kind kind) {
        return root(kind).resolve("META-INF/native/linux-x86_64").resolve(kind.fileName());
    }
}
