package dev.chagres.prove;

import java.util.concurrent.ConcurrentHashMap;

/// Engines for tests, one for each number of threads. Their threads are daemons.
public final class TestEngines {
    private static final ConcurrentHashMap<Integer, Engine> ENGINES = new ConcurrentHashMap<>();

    private TestEngines() {}

    public static Engine of(int threads) {
        return ENGINES.computeIfAbsent(threads, n -> Engine.builder().threads(n).build());
    }
}
