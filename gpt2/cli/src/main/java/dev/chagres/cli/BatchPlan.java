package dev.chagres.cli;

import dev.chagres.cli.BatchResult.Status;
import dev.chagres.proof.Proof;
import dev.chagres.prove.Generator;
import dev.chagres.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// Tells which lines of a batch are to be proved: those of its shard that are right and whose proofs are not there. The
/// others of the shard are reported.
final class BatchPlan {
    private final BatchReader reader;
    private final Generator generator;
    private final ProofFolder folder;
    private final Shard shard;
    private final BatchReport report;
    private final ConsoleProgress progress;

    /// @param generator knows what fits the model
    BatchPlan(BatchReader reader, Generator generator, ProofFolder folder, Shard shard, BatchReport report,
            ConsoleProgress progress) {
        this.reader = reader;
        this.generator = generator;
        this.folder = folder;
        this.shard = shard;
        this.report = report;
        this.progress = progress;
    }

    /// The lines whose proofs are to be made, in order.
    List<BatchLine> missing(List<byte[]> lines) throws IOException {
        List<BatchLine> missing = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            BatchLine line = read(i + 1, lines.get(i));
            if (line != null && !kept(line)) {
                missing.add(line);
            }
        }
        return missing;
    }

    /// Reads a line; lines must come in order. Those of other shards are read as well, for ids that come twice.
    ///
    /// @return null if the line is blank, has failed or is that of another shard
    BatchLine read(int number, byte[] bytes) {
        try {
            BatchLine line = reader.read(number, bytes);
            if (line == null || !shard.has(number)) {
                return null;
            }
            generator.check(line.prompt(), line.generate());
            return line;
        } catch (CommandException | TokenizerException | IllegalArgumentException e) {
            if (shard.has(number)) { // else its own shard says so
                report.fail(number, reader.id(), e, progress);
            }
            return null;
        }
    }

    /// Whether nothing is to be done for a line: its proof is there, or something else is in its place.
    boolean kept(BatchLine line) throws IOException {
        try {
            Proof present = folder.present(line);
            if (present == null) {
                return false;
            }
            report.add(new BatchResult(line.number(), line.id(), Status.KEPT, present.sequence().rows(), 0,
                    Files.size(folder.file(line)), null));
        } catch (CommandException e) {
            report.fail(line.number(), line.id(), e, progress);
        }
        return true;
    }
}
