package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.LayerRounds;
import java.util.Arrays;

/// The rounds of a layer in chunks, with the equality polynomial that weights them. Owns the memory of both.
final class CpuLayerRounds implements LayerRounds {
    private final ChunkedRounds rounds;
    private final QM31[] r;
    private final Host host;
    private final MemoryScope scope;
    private SplitEq eq;

    /// @param r point of the layer
    /// @param scope of the rounds; owned from now on
    CpuLayerRounds(ChunkedRounds rounds, QM31[] r, Host host, MemoryScope scope) {
        this.rounds = rounds;
        this.r = r;
        this.host = host;
        this.scope = scope;
    }

    @Override
    public QM31[] first(int variable) {
        eq = new SplitEq(scope, Arrays.copyOf(r, variable), host.field());
        return rounds.first(variable, eq);
    }

    @Override
    public QM31[] next(int variable, QM31 challenge) {
        eq.halve();
        return rounds.next(variable, challenge, eq);
    }

    @Override
    public void last(int variable, QM31 challenge) {
        rounds.last(variable, challenge);
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
