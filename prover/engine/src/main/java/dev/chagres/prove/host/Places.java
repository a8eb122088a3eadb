package dev.chagres.prove.host;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.ServiceLoader;

/// Where provers compute, by name: `cpu`; `auto`, a CUDA device if one opens, else the processor; or a device of a
/// [StagesProvider].
public final class Places {
    /// The processor.
    public static final String CPU = "cpu";
    /// The fastest place that there is.
    public static final String AUTO = "auto";

    private static final String CUDA = "cuda";
    private static final String NAMES = "cpu, auto, cuda, cuda:N, emulated";

    private Places() {}

    /// Opens a place.
    ///
    /// @param bytes memory of a device to take; what is sensible if empty
    /// @return empty for the processor
    /// @throws IllegalArgumentException if nothing has such a name
    /// @throws IllegalStateException in one line with cause and cure, if a device that is named cannot be used
    public static Optional<StagesProvider.Place> open(String name, OptionalLong bytes) {
        return open(name, bytes, providers());
    }

    /// The same with given providers instead of those that are found as services.
    public static Optional<StagesProvider.Place> open(String name, OptionalLong bytes,
            List<StagesProvider> providers) {
        return switch (name) {
            case CPU -> Optional.empty();
            case AUTO -> auto(bytes, providers);
            default -> Optional.of(named(name, bytes, providers));
        };
    }

    private static Optional<StagesProvider.Place> auto(OptionalLong bytes, List<StagesProvider> providers) {
        for (StagesProvider provider : providers) {
            if (provider.knows(CUDA)) {
                try {
                    return Optional.of(provider.open(CUDA, bytes));
                } catch (IllegalStateException e) {
                    log(e);
                }
            }
        }
        return Optional.empty();
    }

    private static void log(IllegalStateException reason) {
        System.getLogger(Places.class.getName()).log(System.Logger.Level.DEBUG, "no device: {0}", reason.getMessage());
    }

    private static StagesProvider.Place named(String name, OptionalLong bytes, List<StagesProvider> providers) {
        for (StagesProvider provider : providers) {
            if (provider.knows(name)) {
                return provider.open(name, bytes);
            }
        }
        if (name.matches("cuda(:\\d{1,3})?|emulated")) {
            throw new IllegalStateException(name + " cannot be used: this program has nothing that computes on devices;"
                    + " put chagres-device on its class path, or compute on the cpu");
        }
        throw new IllegalArgumentException("there is no device '" + name + "'; there are " + NAMES);
    }

    /// The providers that are found as services.
    public static List<StagesProvider> providers() {
        return ServiceLoader.load(StagesProvider.class, Places.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get).toList();
    }
}
