package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.transcript.ProverChannel;

/// Proves a tree of fractions to [FractionTreeVerifier] (Papini and Haboeck, eprint 2023/1284), layer by layer from the
/// root.
public final class FractionTreeProver {
    private FractionTreeProver() {}

    /// @param tree closed by its owner
    /// @return the root and the claim about the leaves, as the verifier derives them
    public static FractionTreeVerifier.Result prove(ProverChannel channel, FractionTree tree) {
        QM31[] root = tree.root();
        channel.send("tree/root", root);
        QM31 p = root[0];
        QM31 q = root[1];
        QM31[] r = new QM31[0];
        for (int m = 0; m < tree.bits(); m++) {
            QM31[] next = new QM31[m + 1];
            QM31 lambda = m == 0 ? QM31.ZERO : channel.challenge("tree/lambda");
            QM31[] child;
            try (LayerRounds rounds = tree.layer(m, r, lambda)) {
                child = new LayerProver(channel, r, lambda).prove(rounds, next);
            }
            channel.send("tree/children", child);
            QM31 mu = channel.challenge("tree/merge");
            next[m] = mu;
            p = child[0].add(mu.mul(child[1].sub(child[0])));
            q = child[2].add(mu.mul(child[3].sub(child[2])));
            r = next;
        }
        return FractionTreeVerifier.Result.known(root[0], root[1], r, p, q);
    }
}
