package dev.chagres.cli;

import dev.chagres.cli.BatchResult.Status;
import dev.chagres.proof.Proof;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.transcript.Rejection;
import java.io.IOException;
import java.util.Locale;

/// Takes the proofs that a cluster makes: each is verified here, compared with its line and written, so that what an
/// executor says counts for nothing.
final class ClusterBatch implements Cluster.Results {
    private final ProofFolder folder;
    private final BatchPlan plan;
    private final BatchReport report;
    private final ConsoleProgress progress;
    private final Verifier verifier;

    ClusterBatch(ProofFolder folder, BatchPlan plan, BatchReport report, ConsoleProgress progress) {
        this.folder = folder;
        this.plan = plan;
        this.report = report;
        this.progress = progress;
        verifier = new Verifier(folder.key());
    }

    @Override
    public void proved(BatchLine line, byte[] bytes, double seconds, String where) throws IOException {
        Proof proof;
        try {
            proof = Proof.decode(bytes);
        } catch (Rejection e) {
            wrong(line, where, e.getMessage());
            return;
        }
        if (verifier.verify(bytes) instanceof Verdict.Rejected r) {
            wrong(line, where, "the proof does not verify (" + r.check() + ")");
            return;
        }
        String other = folder.other(proof, line);
        if (other != null) {
            wrong(line, where, "it is a proof for " + other);
            return;
        }
        Outputs.write(folder.file(line), bytes);
        int rows = proof.sequence().rows();
        report.add(new BatchResult(line.number(), line.id(), Status.PROVED, rows, seconds, bytes.length, null));
        progress.step(String.format(Locale.ROOT, "%s: %d tokens in %.2f s, %s", line.id(), rows, seconds, where));
    }

    private void wrong(BatchLine line, String where, String cause) {
        failed(line, where + " sent a wrong proof: " + cause + "; nothing was written");
    }

    @Override
    public void present(BatchLine line) throws IOException {
        if (!plan.kept(line)) {
            failed(line, folder.file(line) + " was there and is gone; run the same command again");
            return;
        }
        progress.step();
    }

    @Override
    public void failed(BatchLine line, String error) {
        report.fail(line.number(), line.id(), new CommandException(error), progress);
        progress.step();
    }

    @Override
    public void note(String what) {
        progress.note(what);
    }
}
