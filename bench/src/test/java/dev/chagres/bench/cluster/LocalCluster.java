package dev.chagres.bench.cluster;

import dev.chagres.cli.BatchLine;
import dev.chagres.cli.Cluster;
import dev.chagres.cli.ExecutorFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

    @Override
    public List<ExecutorFacts> look(Place place, Path key) {
        throw new UnsupportedOperationException("no measurement asks for this");
    }
}
