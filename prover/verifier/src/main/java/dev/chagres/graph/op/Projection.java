package dev.chagres.graph.op;

import dev.chagres.field.QM31;
import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Kept;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Panel;
import dev.chagres.graph.Party;
import dev.chagres.graph.ProductReduction;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Workspace;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.relation.PrivateValue;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.Rejection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Linear map, shift and table: `u = rsh(acc, s)`, `out = f[u]` (docs/semantics.md, sections 3.3, 3.6). A plain one has
/// no function: `y = rsh(acc, s)`.
///
/// Forced by: the remainder `acc + 2^(s-1) - u 2^s` in [0, 2^s), and the pair (u, out) in the table of f, or y in its
/// range.
public final class Projection implements Operation {
    private final String name;
    private final MatrixProduct product;
    private final int shift;
    private final Optional<Table> function;
    private final Column u;
    private final Column out;
    private final VirtualTensor remainder;
    private final List<Lookup> segments;

    /// @param channel axis name of the output channels
    /// @param shift s in 1..16
    /// @param remainders the range table [0, 2^s)
    /// @param function table of pairs (u, f(u)), f(u) fitting 16 bits with its sign
    public Projection(String name, RowBlocks rows, MatrixProduct product, String channel, int shift, Table remainders,
            Table function) {
        this.name = name;
        this.product = product;
        this.shift = shift;
        this.function = Optional.of(function);
        Shape shape = MatrixProduct.activation(rows, product.out(), channel);
        this.u = new Column(name + ".u", shape, Column.Tree.WITNESS, indexBits(function));
        this.out = new Column(name + ".out", shape, Column.Tree.WITNESS, 16);
        this.remainder = new VirtualTensor(name + ".rem", shape, VirtualTensor.unsigned(shift));
        this.segments = List.of(
                new Lookup(name + ".rem", remainders, shape, List.of(TupleComponent.of(remainder))),
                new Lookup(name + ".f", function, shape, List.of(TupleComponent.of(u), TupleComponent.of(out))));
    }

    private Projection(String name, MatrixProduct product, int shift, Column y, Table remainders, Table range,
            int bits) {
        this.name = name;
        this.product = product;
        this.shift = shift;
        this.function = Optional.empty();
        this.u = y;
        this.out = y;
        this.remainder = new VirtualTensor(name + ".rem", y.shape(), VirtualTensor.unsigned(shift));
        this.segments = List.of(
                new Lookup(name + ".rem", remainders, y.shape(), List.of(TupleComponent.of(remainder))),
                new Lookup(name + ".y", range, y.shape(), List.of(TupleComponent.of(1, y, 1L << bits - 1))));
    }

    /// A linear map and a shift.
    ///
    /// @param channel axis name of the output channels
    /// @param shift s in 1..16
    /// @param remainders the range table [0, 2^s)
    /// @param range the range table [0, 2^bits)
    /// @param bits y is in [-2^(bits-1), 2^(bits-1))
    public static Projection plain(String name, RowBlocks rows, MatrixProduct product, String channel, int shift,
            Table remainders, Table range, int bits) {
        Column y = new Column(name + ".y", MatrixProduct.activation(rows, product.out(), channel), Column.Tree.WITNESS,
                VirtualTensor.unsigned(bits - 1));
        return new Projection(name, product, shift, y, remainders, range, bits);
    }

    /// Bits that store every first component of a table of a function.
    static int indexBits(Table function) {
        long low = function.firstValue();
        long high = low + ((long) function.starts().length << function.tileBits()) - 1;
        return low >= Short.MIN_VALUE && high <= Short.MAX_VALUE ? 16 : 32;
    }

    /// The result.
    public Column out() {
        return out;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Column> columns() {
        return function.isPresent() ? List.of(u, out) : List.of(u);
    }

    @Override
    public List<Column> activations() {
        return List.of(out);
    }

    @Override
    public List<Lookup> segments() {
        return segments;
    }

    @Override
    public long multiplyAdds() {
        return product.multiplyAdds(u.shape());
    }

    /// Remainder and value beside the accumulators.
    @Override
    public long panelElements(int lanes) {
        return (function.isPresent() ? 3L : 2L) * product.out().padded() * lanes;
    }

    @Override
    public void evaluate(Evaluation run, int from, int to) {
        boolean activationsOnly = run.activationsOnly();
        ActivationIndex at = ActivationIndex.of(run, u.shape());
        run.product(product, from, to, (memory, acc, channel, row) -> {
            Panel rest = memory.panel(acc.channels(), acc.lanes());
            acc.shiftRound(shift, rest);
            function.ifPresent(f -> apply(run, memory, f, acc, at, row, channel));
            if (!activationsOnly || u == out) {
                at.store(acc, run.of(u), row, channel);
            }
            if (!activationsOnly) {
                at.store(rest, run.of(remainder), row, channel);
            }
        });
    }

    private void apply(Evaluation run, Workspace memory, Table f, Panel index, ActivationIndex at, int row,
            int channel) {
        Panel value = memory.panel(index.channels(), index.lanes());
        value.lookup(index, run.of(LookupTables.storedColumn(f, 1)), f.firstValue());
        at.store(value, run.of(out), row, channel);
    }

    @Override
    public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection {
        ProductReduction.reduce(party, name + "/acc", List.of(accumulator(party, claims)));
        return Kept.NOTHING;
    }

    /// What the claim about the remainder says of the accumulator, with u opened.
    ProductReduction.Claimed accumulator(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection {
        LeafClaim c = claims.apply(remainder);
        PrivateValue quotient = party.open(u, c.at());
        PrivateValue acc = c.value().sub(c.at().total().mul(QM31.of(IntegerSemantics.half(shift))))
                .add(quotient.mul(1 << shift));
        return new ProductReduction.Claimed(product, u.shape(), c.at(), acc);
    }
}
