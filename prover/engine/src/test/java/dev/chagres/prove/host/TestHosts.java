package dev.chagres.prove.host;

import dev.chagres.kernel.Backends;
import dev.chagres.kernel.MemoryPool;
import dev.chagres.prove.cpu.CpuStages;
import java.util.concurrent.ConcurrentHashMap;

/// Hosts for tests, one for each number of threads, with the kernels of the process. Their threads are daemons.
public final class TestHosts {
    private static final ConcurrentHashMap<Integer, Host> HOSTS = new ConcurrentHashMap<>();

    private TestHosts() {}

    public static Host of(int threads) {
        return HOSTS.computeIfAbsent(
                threads, n -> new Host(Backends.ofProperty(), new MemoryPool(), new ThreadTeam(n), CpuStages::new));
    }
}
