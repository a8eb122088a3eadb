package dev.chagres.cli;

import dev.chagres.cli.BatchResult.Status;
import dev.chagres.proof.Proof;
import dev.chagres.prove.DeviceFailureException;
import dev.chagres.prove.Prover;
import dev.chagres.prove.file.WholeFile;
import dev.chagres.semantics.DomainException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Proves the lines of a batch in this process, one after the other. Other processes may work on the same folder.
final class LocalBatch {
    private final Prover prover;
    private final ProofFolder folder;
    private final BatchPlan plan;
    private final BatchReport report;
    private final ConsoleProgress progress;

    LocalBatch(Prover prover, ProofFolder folder, BatchPlan plan, BatchReport report, ConsoleProgress progress) {
        this.prover = prover;
        this.folder = folder;
        this.plan = plan;
        this.report = report;
        this.progress = progress;
    }

    /// Proves lines in order; those that another process is proving come last. A line is taken from another process
    /// only when nothing else is left: that process may have hung.
    void prove(List<BatchLine> missing) throws IOException {
        List<BatchLine> left = missing;
        while (!left.isEmpty()) {
            List<BatchLine> later = new ArrayList<>();
            for (BatchLine line : left) {
                if (!attempt(line, false)) {
                    later.add(line);
                }
            }
            if (later.size() == left.size()) {
                attempt(later.removeFirst(), true);
            }
            left = later;
        }
    }

    /// Proves a line unless its proof is there by now.
    ///
    /// @param anyway also if another process is proving it
    /// @return whether the line is done
    private boolean attempt(BatchLine line, boolean anyway) throws IOException {
        // The temporary file tells others that this line is being proved, and this process that it can be written. Who
        // sees another one after making his own lets it be; so two never both go on. The proof is looked for after
        // that: whoever has finished has no temporary file any more.
        try (WholeFile file = WholeFile.create(folder.file(line))) {
            if (!anyway && file.contested()) {
                return false;
            }
            if (plan.kept(line)) {
                progress.step();
                return true;
            }
            BatchResult result = prove(line, file);
            if (result.status() == Status.PROVED) {
                progress.step(String.format(Locale.ROOT, "%s: %d tokens in %.2f s", line.id(), result.rows(),
                        result.seconds()));
            } else {
                progress.step();
            }
            return true;
        }
    }

    private BatchResult prove(BatchLine line, WholeFile file) throws IOException {
        long start = System.nanoTime();
        try {
            Proof proof = prover.bind(line.binding()).generateAndProve(line.prompt(), line.generate(), _ -> { });
            byte[] bytes = proof.encode();
            file.write(bytes);
            file.commit();
            BatchResult result = new BatchResult(line.number(), line.id(), Status.PROVED, proof.sequence().rows(),
                    (System.nanoTime() - start) / 1e9, bytes.length, null);
            report.add(result);
            return result;
        } catch (DomainException | IllegalArgumentException | DeviceFailureException e) {
            return report.fail(line.number(), line.id(), e, progress);
        }
    }
}
