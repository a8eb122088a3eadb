package dev.chagres.gpt2.forgery;

import dev.chagres.gpt2.graph.Gpt2Graph;
import dev.chagres.tensor.Column;
import java.util.List;

/// Names of all witness columns of a cheating prover's graph.
record CheatingProverColumns(CheatingProver prover) {
    List<String> names() {
        return Gpt2Graph.of(prover.verifyingKey.spec(), prover.sequence).graph().witnessColumns().stream()
                .map(Column::name).toList();
    }
}
