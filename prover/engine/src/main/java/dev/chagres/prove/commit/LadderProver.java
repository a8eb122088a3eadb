package dev.chagres.prove.commit;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.OpeningTags;
import dev.chagres.commit.QueryPositions;
import dev.chagres.field.QM31;
import dev.chagres.prove.stage.CommittedRows;
import dev.chagres.prove.stage.LadderArrays;
import dev.chagres.prove.stage.Stages;
import dev.chagres.tensor.Eq;
import dev.chagres.transcript.ProverChannel;
import java.util.Arrays;

/// Proves `<u, W> = claim` for the row combination u, and that u is the combination of the committed rows: commit u,
/// query the level above, add the queried values as constraints, fold, repeat; then send what is left.
final class LadderProver {
    private final Stages stages;
    private final boolean checked;
    private final CommitmentParameters parameters;
    private final ProverChannel channel;

    /// The level that is queried next: its matrices stacked, and how its words combine to a codeword value of u.
    private CommittedRows[] queried;
    private QM31[] wordWeights;

    /// @param stages search nonces
    /// @param matrices level 0: the codewords of both matrices
    /// @param rowWeights eq(r_high, row) for all their rows
    LadderProver(Stages stages, boolean checked, CommitmentParameters parameters,
            ProverChannel channel, CommittedRows[] matrices, QM31[] rowWeights) {
        this.stages = stages;
        this.checked = checked;
        this.parameters = parameters;
        this.channel = channel;
        this.queried = matrices;
        this.wordWeights = rowWeights;
    }

    /// Runs the ladder.
    ///
    /// @param arrays u and W, of 2^k elements
    /// @param claim the sum of their products
    void run(LadderArrays arrays, QM31 claim) {
        int last = parameters.levels().size();
        QM31 running = claim;
        for (int level = 0; level < last; level++) {
            CommittedRows next = arrays.commit(parameters.levels().get(level).laneBits(),
                    parameters.codeBits(level + 1));
            channel.send(OpeningTags.ROOT, next.root());
            int[] positions = drawQueries(level);
            QM31[] values = openQueries(positions);
            running = running.add(addConstraints(level, positions, values, arrays));
            ProductSumcheck fold = new ProductSumcheck(stages, checked, arrays, running);
            int low = parameters.coefficientBits(level + 1);
            QM31[] challenges = new QM31[parameters.coefficientBits(level) - low];
            for (int v = challenges.length - 1; v >= 0; v--) {
                challenges[v] = fold.round(channel, OpeningTags.FOLD, low + v,
                        parameters.foldGrindingBits(level + 1));
            }
            running = fold.claim();
            queried = new CommittedRows[] {next};
            wordWeights = laneWeights(challenges);
        }
        sendClear(arrays, running);
        openQueries(drawQueries(last));
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

    private int[] drawQueries(int level) {
        Grinding.grind(channel, OpeningTags.GRIND, parameters.grindingBits(level), stages);
        return QueryPositions.draw(channel, parameters, level);
    }

    /// Opens the columns of the queried level; returns the codeword values of u that they combine to.
    private QM31[] openQueries(int[] positions) {
        QM31[] values = new QM31[positions.length];
        Arrays.fill(values, QM31.ZERO);
        int word = 0;
        for (CommittedRows matrix : queried) {
            int rows = matrix.rows();
            int[][] columns = matrix.columns(positions);
            int[] words = new int[rows * positions.length];
            for (int i = 0; i < positions.length; i++) {
                for (int row = 0; row < rows; row++) {
                    words[i * rows + row] = columns[i][row];
                    values[i] = values[i].add(wordWeights[word + row].mul(columns[i][row]));
                }
            }
            channel.hintWords(words);
            channel.hint(matrix.proof(positions));
            word += rows;
        }
        return values;
    }

    /// Adds sum_i beta^(i+1) b(P_i) to W; returns sum_i beta^(i+1) value_i.
    private QM31 addConstraints(int level, int[] positions, QM31[] values, LadderArrays arrays) {
        QM31 beta = channel.challenge(OpeningTags.BETA);
        QM31 sum = QM31.ZERO;
        QM31[] powers = new QM31[positions.length];
        QM31 power = beta;
        for (int i = 0; i < powers.length; i++) {
            powers[i] = power;
            sum = sum.add(power.mul(values[i]));
            power = power.mul(beta);
        }
        arrays.constrain(parameters.codeBits(level), positions, powers);
        return sum;
    }

    private void sendClear(LadderArrays arrays, QM31 claim) {
        if (checked && !arrays.sum().equals(claim)) {
            throw new IllegalStateException("ladder: the values in clear do not satisfy the folded claim");
        }
        channel.send(OpeningTags.CLEAR, arrays.values()[0]);
    }
}
