package dev.chagres.kernel;

import dev.chagres.kernel.simd.VectorBackend;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Optional;

/// Where callers get their [Backend]; nothing is remembered here, whoever asks keeps what it got.
///
/// `auto` takes the vector kernels where they are fast and the scalar ones elsewhere, `vector` and `scalar` force one.
/// The system property `chagres.backend` holds one of these words; `chagres.vector.bits` (128, 256 or 512) forces the
/// vector width, which otherwise is the machine's preferred one. Choices are logged to the logger named after this
/// package.
public final class Backends {
    /// System property that names the backend.
    public static final String PROPERTY = "chagres.backend";

    static final String MODULE = "jdk.incubator.vector";

    private Backends() {}

    /// The backend that the system property [#PROPERTY] asks for, `auto` without it.
    ///
    /// @throws IllegalStateException if the property forces the vector backend and it cannot run
    /// @throws IllegalArgumentException if a property holds an unknown value
    public static Backend ofProperty() {
        Backend chosen = byName(System.getProperty(PROPERTY, "auto"));
        logger().log(Level.DEBUG, () -> "kernels: " + chosen.name() + ", " + System.getProperty("java.vm.name") + " "
                + Runtime.version() + ", " + System.getProperty("os.arch"));
        return chosen;
    }

    /// The scalar backend.
    public static Backend scalar() {
        return Scalar.BACKEND;
    }

    /// The backend `auto`, `scalar` or `vector`.
    ///
    /// @throws IllegalStateException if `vector` is asked for and it cannot run
    /// @throws IllegalArgumentException if the name is unknown
    public static Backend byName(String name) {
        return switch (choose(name, Machine.ofThisProcess())) {
            case SCALAR -> Scalar.BACKEND;
            case VECTOR -> Vector.BACKEND;
        };
    }

    enum Choice { SCALAR, VECTOR }

    /// Applies a request to a machine; `auto` logs the reason when it settles for the scalar kernels.
    static Choice choose(String request, Machine machine) {
        return switch (request.strip().toLowerCase(Locale.ROOT)) {
            case "scalar" -> Choice.SCALAR;
            case "vector" -> {
                if (!machine.hasVectorModule()) {
                    throw new IllegalStateException("the vector backend is forced (" + PROPERTY
                            + "=vector) but the module "
                            + MODULE + " is not present; start Java with --add-modules " + MODULE);
                }
                yield Choice.VECTOR;
            }
            case "auto" -> {
                Optional<String> obstacle = machine.obstacle();
                obstacle.ifPresent(reason -> logger()
                        .log(Level.WARNING, "scalar kernels in use, much slower than vector ones: " + reason));
                yield obstacle.isPresent() ? Choice.SCALAR : Choice.VECTOR;
            }
            default -> throw new IllegalArgumentException(
                    "unknown backend '" + request + "'; use auto, scalar or vector (system property " + PROPERTY + ")");
        };
    }

    private static Logger logger() {
        return System.getLogger(Backends.class.getPackageName());
    }

    // Each backend in its own holder: the vector classes must not be linked before the module is known to be there.

    private static final class Scalar {
        static final Backend BACKEND = new ScalarBackend();
    }

    private static final class Vector {
        static final Backend BACKEND = new VectorBackend();
    }
}
