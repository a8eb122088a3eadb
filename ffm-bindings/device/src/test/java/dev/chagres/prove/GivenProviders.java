package dev.chagres.prove;

import dev.chagres.prove.host.StagesProvider;
import java.util.List;

/// Engines that find the given devices instead of those of the machine.
public final class GivenProviders {
    private GivenProviders() {}

    public static Engine.Builder builder(List<StagesProvider> providers) {
        return Engine.builder().providers(providers);
    }
}
