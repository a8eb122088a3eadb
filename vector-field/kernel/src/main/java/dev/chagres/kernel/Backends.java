package dev.chagres.kernel;

import dev.chagres.kernel.simd.VectorBackend;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/// Where callers get their [Backend]; nothing is remembered here, whoever asks keeps what it got.
///
/// `auto` takes the fastest kernels that run here: those of a [BackendProvider], then the vector kernels where they are
/// fast, then the scalar ones. `native` (the word of a provider), `vector` and `scalar` force one. The system property
/// `chagres.backend` holds one of these words; `chagres.vector.bits` (128, 256 or 512) forces the vector width, which
/// otherwise is the machine's preferred one. Choices are logged to the logger named after this package.
public final class Backends {
    /// System property that names the backend.
    public static final String PROPERTY = "chagres.backend";

    /// The word of the provider that this project has.
    private static final String NATIVE = "native";

    static final String MODULE = "jdk.incubator.vector";

    private Backends() {}

    /// The backend that the system property [#PROPERTY] asks for, `auto` without it.
    ///
    /// @throws IllegalStateException if the property forces a backend and it cannot run
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

    /// The backend `auto`, `native`, `vector` or `scalar`.
    ///
    /// @throws IllegalStateException if a backend is asked for and it cannot run
    /// @throws IllegalArgumentException if the name is unknown
    public static Backend byName(String name) {
        return choose(name, Machine.ofThisProcess(), providers()).get();
    }

    /// Why `auto` passes over kernels that would be faster than those it takes: a line for each, with the cure.
    public static List<String> passedOver() {
        List<String> reasons = new ArrayList<>();
        for (BackendProvider provider : providers()) {
            Optional<String> obstacle = provider.obstacle();
            if (obstacle.isEmpty()) {
                return reasons;
            }
            reasons.add(provider.word() + " kernels: " + obstacle.get());
        }
        Machine.ofThisProcess().obstacle().ifPresent(reason -> reasons.add("vector kernels: " + reason));
        return reasons;
    }

    private static List<BackendProvider> providers() {
        return ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get).toList();
    }

    /// Applies a request to a machine; `auto` logs the reason when it settles for the scalar kernels.
    static Supplier<Backend> choose(String request, Machine machine, List<BackendProvider> providers) {
        String word = request.strip().toLowerCase(Locale.ROOT);
        return switch (word) {
            case "scalar" -> SCALAR;
            case "vector" -> {
                if (!machine.hasVectorModule()) {
                    throw new IllegalStateException("the vector backend is forced (" + PROPERTY
                            + "=vector) but the module "
                            + MODULE + " is not present; start Java with --add-modules " + MODULE);
                }
                yield VECTOR;
            }
            case "auto" -> {
                for (BackendProvider provider : providers) {
                    Optional<String> obstacle = provider.obstacle();
                    if (obstacle.isEmpty()) {
                        yield provider::backend;
                    }
                    logger().log(Level.DEBUG, () -> provider.word() + " kernels do not run: " + obstacle.get());
                }
                Optional<String> obstacle = machine.obstacle();
                obstacle.ifPresent(reason -> logger()
                        .log(Level.WARNING, "scalar kernels in use, much slower than vector ones: " + reason));
                yield obstacle.isPresent() ? SCALAR : VECTOR;
            }
            default -> ofProvider(word, providers);
        };
    }

    private static Supplier<Backend> ofProvider(String word, List<BackendProvider> providers) {
        BackendProvider provider = providers.stream().filter(p -> p.word().equals(word)).findFirst().orElse(null);
        if (provider != null) {
            provider.obstacle().ifPresent(reason -> {
                throw new IllegalStateException("the " + word + " backend is forced (" + PROPERTY + "=" + word
                        + ") and cannot run: " + reason);
            });
            return provider::backend;
        }
        if (word.equals(NATIVE)) {
            throw new IllegalStateException("the native backend is forced (" + PROPERTY
                    + "=native) and no jar on the class path has it; add chagres-ffm");
        }
        throw new IllegalArgumentException("unknown backend '" + word
                + "'; use auto, native, vector or scalar (system property " + PROPERTY + ")");
    }

    private static Logger logger() {
        return System.getLogger(Backends.class.getPackageName());
    }

    // Each backend in its own holder: the vector classes must not be linked before the module is known to be there.

    static final Supplier<Backend> SCALAR = () -> Scalar.BACKEND;
    static final Supplier<Backend> VECTOR = () -> Vector.BACKEND;

    private static final class Scalar {
        static final Backend BACKEND = new ScalarBackend();
    }

    private static final class Vector {
        static final Backend BACKEND = new VectorBackend();
    }
}
