package dev.chagres.ffm.embed;

import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// An engine of the host and its provers.
final class OpenEngine {
    private final Engine engine;
    private final HostLog log;
    private final Users users = new Users("engine");
    private final Set<OpenProver> provers = ConcurrentHashMap.newKeySet();

    /// @param log told what the engine has to say; closed with the engine
    OpenEngine(Engine engine, HostLog log) {
        this.engine = engine;
        this.log = log;
    }

    /// @throws dev.chagres.prove.file.FileFormatException if the file is no proving key
    OpenProver prover(Path file) {
        users.enter();
        try {
            OpenProver prover = new OpenProver(this, engine, ProvingKey.open(file));
            provers.add(prover);
            return prover;
        } finally {
            users.leave();
        }
    }

    /// Forgets a prover that is closed.
    void remove(OpenProver prover) {
        provers.remove(prover);
    }

    /// Provers that are open.
    int provers() {
        return provers.size();
    }

    /// Cancels proofs, waits for them, closes provers and engine. Whatever fails, the threads end and the
    /// log is silent.
    ///
    /// @return the provers
    List<OpenProver> close() throws InterruptedException {
        if (!users.close()) {
            return List.of();
        }
        try {
            List<OpenProver> closed = new ArrayList<>(provers);
            for (OpenProver prover : closed) {
                prover.close();
            }
            return closed;
        } finally {
            try {
                engine.close();
            } finally {
                log.close();
            }
        }
    }
}
