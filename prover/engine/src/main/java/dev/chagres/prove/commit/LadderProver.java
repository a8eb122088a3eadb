package dev.chagres.prove.commit;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.OpeningTags;
import dev.chagres.commit.QueryPositions;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.tensor.Eq;
import dev.chagres.transcript.ProverChannel;
import java.util.Arrays;

/// Proves `<u, W> = claim` for the row combination u, and that u is the combination of the committed rows: commit u,
/// query the level above, add the queried values as constraints, fold, repeat; then send what is left.
final class LadderProver {
    private final Backend kernels;
    private final Host host;
    private final boolean checked;
    private final CommitmentParameters parameters;
    private final ProverChannel channel;

    /// The level that is queried next: its matrices stacked, and how its words combine to a codeword value of u.
    private CodewordMatrix[] queried;
    private QM31[] wordWeights;

    /// @param matrices level 0: the codewords of both matrices
    /// @param rowWeights eq(r_high, row) for all their rows
    LadderProver(Host host, boolean checked, CommitmentParameters parameters,
            ProverChannel channel, CodewordMatrix[] matrices, QM31[] rowWeights) {
        this.kernels = host.kernels();
        this.host = host;
        this.checked = checked;
        this.parameters = parameters;
        this.channel = channel;
        this.queried = matrices;
        this.wordWeights = rowWeights;
    }

    /// Runs the ladder.
    ///
    /// @param u ext array of 2^k elements, folded in place
    /// @param point the claim is <u, eq(point)> = claim
    void run(long u, QM31[] point, QM31 claim) {
        int last = parameters.levels().size();
        QM31 running = claim;
        try (MemoryScope arena = host.scope()) {
            long w = arena.allocateExt(1L << parameters.k());
            kernels.field().eqTable(w, point, QM31.ONE);
            for (int level = 0; level < last; level++) {
                int bits = parameters.coefficientBits(level);
                CodewordMatrix next = commit(arena, level + 1, u);
                channel.send(OpeningTags.ROOT, next.root());
                int[] positions = drawQueries(level);
                QM31[] values = openQueries(positions);
                running = running.add(addConstraints(level, positions, values, w));
                ProductSumcheck fold = new ProductSumcheck(host, checked, u, w, 1L << bits, running);
                int low = parameters.coefficientBits(level + 1);
                QM31[] challenges = new QM31[bits - low];
                for (int v = challenges.length - 1; v >= 0; v--) {
                    challenges[v] = fold.round(channel, OpeningTags.FOLD, parameters.foldGrindingBits(level + 1));
                }
                running = fold.claim();
                queried = new CodewordMatrix[] {next};
                wordWeights = laneWeights(challenges);
            }
            sendClear(u, w, running);
            openQueries(drawQueries(last));
        }
    }

    /// Coordinate c of lane l is word 4 l + c of a column, with weight eq(challenges, l) times the c-th basis element.
    private static QM31[] laneWeights(QM31[] challenges) {
        QM31[] eq = Eq.table(challenges);
        QM31[] weights = new QM31[4 * eq.length];
        for (int i = 0; i < weights.length; i++) {
            int c = i % 4;
            weights[i] = eq[i / 4].mul(new QM31(c == 0 ? 1 : 0, c == 1 ? 1 : 0, c == 2 ? 1 : 0, c == 3 ? 1 : 0));
        }
        return weights;
    }

    private CodewordMatrix commit(MemoryScope arena, int level, long u) {
        int bits = parameters.coefficientBits(level);
        int logN = parameters.codeBits(level);
        int rows = 4 << parameters.levels().get(level - 1).laneBits();
        // The columns are opened when u has been folded: keep its coordinates.
        long planes = arena.allocateBase((long) rows << bits);
        host.run(rows, (worker, row) -> ExtPlanes.read(planes + (4L * row << bits),
                u + ((long) (row / 4) << bits) * Memory.EXT_BYTES, row % 4, 1L << bits));
        RowEncoder encoder = new RowEncoder() {
            @Override
            public void encode(int row, long scratch, long codeword) {
                kernels.fft().encode(codeword, plane(row), bits, logN, 1);
            }

            @Override
            public void encodeAt(int row, long scratch, long codeword, int[] positions) {
                kernels.fft().encodeAt(codeword, plane(row), bits, logN, positions);
            }

            private long plane(int row) {
                return planes + (4L * row << bits);
            }
        };
        MerkleTree tree = new MerkleTree(arena.segment(MerkleTree.bytes(logN)), logN);
        CodewordMatrix matrix = new CodewordMatrix(new ChunkHasher(encoder, rows, bits, logN, host), tree);
        matrix.build();
        return matrix;
    }

    private int[] drawQueries(int level) {
        Grinding.grind(channel, OpeningTags.GRIND, parameters.grindingBits(level), host.stages());
        return QueryPositions.draw(channel, parameters, level);
    }

    /// Opens the columns of the queried level; returns the codeword values of u that they combine to.
    private QM31[] openQueries(int[] positions) {
        QM31[] values = new QM31[positions.length];
        Arrays.fill(values, QM31.ZERO);
        int word = 0;
        for (CodewordMatrix matrix : queried) {
            int[][] columns = matrix.hasher().columns(positions);
            int[] words = new int[matrix.rows() * positions.length];
            for (int i = 0; i < positions.length; i++) {
                for (int row = 0; row < matrix.rows(); row++) {
                    words[i * matrix.rows() + row] = columns[i][row];
                    values[i] = values[i].add(wordWeights[word + row].mul(columns[i][row]));
                }
            }
            channel.hintWords(words);
            channel.hint(matrix.tree().proof(positions, host));
            word += matrix.rows();
        }
        return values;
    }

    /// Adds sum_i beta^(i+1) b(P_i) to w; returns sum_i beta^(i+1) value_i.
    private QM31 addConstraints(int level, int[] positions, QM31[] values, long w) {
        int logN = parameters.codeBits(level);
        int bits = parameters.coefficientBits(level);
        QM31 beta = channel.challenge(OpeningTags.BETA);
        QM31 sum = QM31.ZERO;
        try (MemoryScope arena = host.scope()) {
            long[] spectrum = new long[4];
            long[] plane = new long[4];
            for (int c = 0; c < 4; c++) {
                spectrum[c] = arena.allocateBase(1L << logN);
                plane[c] = arena.allocateBase(1L << bits);
            }
            QM31 power = beta;
            for (int i = 0; i < positions.length; i++) {
                for (int c = 0; c < 4; c++) {
                    Memory.setInt(spectrum[c], positions[i], power.coordinate(c));
                }
                sum = sum.add(power.mul(values[i]));
                power = power.mul(beta);
            }
            long added = arena.allocateExt(1L << bits);
            host.run(4, (worker, c) -> {
                kernels.fft().encodeTransposed(plane[c], spectrum[c], bits, logN);
                ExtPlanes.write(added, plane[c], c, 1L << bits);
            });
            kernels.field().addExt(w, w, added, 1L << bits);
        }
        return sum;
    }

    private void sendClear(long u, long w, QM31 claim) {
        QM31[] clear = new QM31[1 << parameters.clearBits()];
        Arrays.setAll(clear, i -> Memory.getExt(u, i));
        if (checked && !kernels.field().dotExt(u, w, clear.length).equals(claim)) {
            throw new IllegalStateException("ladder: the values in clear do not satisfy the folded claim");
        }
        channel.send(OpeningTags.CLEAR, clear);
    }
}
