package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.LayerRounds;
import java.util.Arrays;

/// The rounds of a layer in chunks, with the equality polynomial that weights them, and the share of positions that
/// are not stored. Owns the memory of both.
final class CpuLayerRounds implements LayerRounds {
    private final ChunkedRounds rounds;
    private final QM31[] r;
    private final QM31 lambda;
    private final Host host;
    private final MemoryScope scope;
    /// Positions of the layer, later those that are left.
    private Strips positions;
    private SplitEq eq;

    /// @param r point of the layer
    /// @param positions those of the layer that are stored
    /// @param scope of the rounds; owned from now on
    CpuLayerRounds(ChunkedRounds rounds, QM31[] r, QM31 lambda, Strips positions, Host host, MemoryScope scope) {
        this.rounds = rounds;
        this.r = r;
        this.lambda = lambda;
        this.positions = positions;
        this.host = host;
        this.scope = scope;
    }

    @Override
    public QM31[] first(int variable) {
        Strips below = positions.bits() > 0 ? positions.half() : new Strips(0, 1L << variable);
        eq = new SplitEq(scope, Arrays.copyOf(r, variable), below, host.field());
        return withAbsent(rounds.first(eq), variable);
    }

    @Override
    public QM31[] next(int variable, QM31 challenge) {
        Strips before = positions;
        positions = before.bits() > 0 ? before.half() : before;
        eq.halve();
        if (before.bits() != 1) {
            return withAbsent(rounds.next(challenge, eq), variable);
        }
        rounds.whole(challenge, before.width(), 2L << variable);
        return rounds.again(eq);
    }

    /// Adds what positions outside the strips contribute to a round: each has the value lambda, for every value of a
    /// variable that separates strips.
    private QM31[] withAbsent(QM31[] g, int variable) {
        if (positions.bits() == 0) {
            return g;
        }
        int inside = variable + 1 - positions.bits();
        QM31 absent = QM31.ONE.sub(PrefixEq.sum(r, 0, inside, positions.width()));
        return new QM31[] {g[0].add(lambda.mul(absent)), g[1]};
    }

    @Override
    public void last(int variable, QM31 challenge) {
        rounds.last(challenge, 1L << variable);
    }

    @Override
    public QM31[][] values(int variables) {
        return rounds.values(variables);
    }

    @Override
    public void close() {
        scope.close();
    }
}
