package dev.chagres.prove.profile;

import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.tensor.Column;
import java.util.List;

/// The work of one proof, counted from its graph.
///
/// @param lookups leaves of the fraction trees of all sections
/// @param tableEntries leaves of the table tree
/// @param committed elements of the witness commitment
/// @param keyElements elements of the key commitment
/// @param multiplyAdds of the integer evaluation, padded rows and channels included
/// @param products terms of the sumchecks over whole tensors
public record Work(long lookups, long tableEntries, long committed, long keyElements, long multiplyAdds,
        long products) {
    public static Work of(Graph graph) {
        List<Operation> operations = graph.operations();
        return new Work(
                graph.lookups(),
                graph.tables().stream().mapToLong(t -> t.multiplicity().shape().size()).sum(),
                elements(graph.witnessColumns()),
                elements(graph.keyColumns()),
                operations.stream().mapToLong(Operation::multiplyAdds).sum(),
                operations.stream().mapToLong(Operation::products).sum());
    }

    private static long elements(List<Column> columns) {
        return columns.stream().mapToLong(c -> c.shape().size()).sum();
    }
}
