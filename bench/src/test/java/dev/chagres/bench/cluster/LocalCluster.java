package dev.chagres.bench.cluster;

import dev.chagres.cli.BatchLine;
import dev.chagres.cli.Cluster;
import dev.chagres.cli.ExecutorFacts;
import dev.chagres.prove.remote.RemoteSite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// A cluster that is this process: it proves the lines of a request one after another with the engine of the request.
/// Found as a service in tests; remembers what it was asked for.
public final class LocalCluster implements Cluster {
    static final List<Place> ASKED = new ArrayList<>();

    @Override
    public void prove(Request request, Results results) throws IOException {
        ASKED.add(request.place());
        results.begun();
        long up = 0;
        for (BatchLine line : request.lines()) {
            long start = System.nanoTime();
            byte[] proof = request.engine().prover(request.key()).bind(line.binding())
                    .generateAndProve(line.prompt(), line.generate(), _ -> { }).encode();
            results.proved(line, proof, (System.nanoTime() - start) / 1e9, "this process");
            up += proof.length;
        }
        results.traffic(request.lines().size(), 100L * request.lines().size(), up);
    }

    /// Two sites of this process, which know each other's tensors no more than two machines would.
    @Override
    public Machines machines(ProofRequest request, Consumer<String> notes) {
        return new Machines() {
            private final RemoteSite[] sites = new RemoteSite[2];
            private final Map<Integer, byte[]> shared = new ConcurrentHashMap<>();

            @Override
            public int count() {
                return sites.length;
            }

            @Override
            public synchronized void share(int id, byte[] data) {
                if (id == 0) {
                    close();
                }
                shared.put(id, data);
            }

            @Override
            public synchronized byte[] call(int site, byte[] job) throws IOException {
                if (sites[site] == null) {
                    sites[site] = request.engine().site(request.key(), shared::get);
                }
                return sites[site].run(job, shared::get);
            }

            @Override
            public synchronized void close() {
                for (int i = 0; i < sites.length; i++) {
                    if (sites[i] != null) {
                        sites[i].close();
                        sites[i] = null;
                    }
                }
            }
        };
    }

    @Override
    public List<ExecutorFacts> look(Place place, Path key) {
        throw new UnsupportedOperationException("no measurement asks for this");
    }
}
