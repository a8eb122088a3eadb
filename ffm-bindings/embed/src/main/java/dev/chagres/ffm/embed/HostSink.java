package dev.chagres.ffm.embed;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What a host wants to hear about one proof. Methods return whether it wants no more; they wait for its thread.
///
/// @param host functions of C
/// @param job  the host's call
record HostSink(Host host, MemorySegment job) {
    /// @param done of the phase, from 0 to 1
    boolean progress(String phase, double done) {
        try (Arena arena = Arena.ofConfined()) {
            return host.progress(job, arena.allocateFrom(phase), done) != 0;
        }
    }

    boolean token(int id) {
        return host.token(job, id) != 0;
    }

    boolean proof(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return host.proof(job, copy, bytes.length) != 0;
        }
    }
}
