package dev.chagres.model;

import dev.chagres.graph.Graph;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Section;
import dev.chagres.lookup.Table;
import dev.chagres.statement.StatementException;
import dev.chagres.tensor.Column;
import java.util.List;

/// A model compiled for one statement: made once per proof and handed on.
public final class Circuit {
    private final List<KeyColumn> key;
    private final List<Section> sections;
    private final List<Table> tables;
    private final RowBlocks rows;
    private final MatrixProduct logits;
    private volatile Graph graph;

    /// @param key all columns with the key, those that are committed in commitment order; the statement changes none
    /// @param sections in evaluation order
    /// @param tables in the order of their tree
    /// @param rows how the sequence is cut into blocks
    /// @param logits the product whose rows are logits
    public Circuit(List<KeyColumn> key, List<Section> sections, List<Table> tables, RowBlocks rows,
            MatrixProduct logits) {
        this.key = List.copyOf(key);
        this.sections = List.copyOf(sections);
        this.tables = List.copyOf(tables);
        this.rows = rows;
        this.logits = logits;
    }

    /// The graph, the same object at every call.
    ///
    /// @throws StatementException if a table is looked up too often
    public Graph graph() {
        Graph known = graph;
        if (known == null) {
            Graph.overfull(sections).ifPresent(message -> {
                throw new StatementException("statement/lookups", message);
            });
            known = new Graph(keyColumns(), sections, tables);
            graph = known;
        }
        return known;
    }

    /// The columns of the model key with what fills them; those that are committed are in commitment order. They exist
    /// for graphs with too many lookups as well.
    public List<KeyColumn> key() {
        return key;
    }

    /// The columns of [#key()] that are committed.
    public List<Column> keyColumns() {
        return key.stream().map(KeyColumn::column).filter(c -> c.tree() == Column.Tree.KEY).toList();
    }

    /// How the sequence is cut into blocks of rows.
    public RowBlocks rows() {
        return rows;
    }

    /// The product whose rows are logits.
    public MatrixProduct logits() {
        return logits;
    }
}
