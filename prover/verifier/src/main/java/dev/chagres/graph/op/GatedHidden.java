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
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.SparseFactor;
import dev.chagres.poly.Statement;
import dev.chagres.poly.Variable;
import dev.chagres.relation.PrivateValue;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// The hidden layer of a gated MLP (docs/semantics.md, section 3.6): `ug = rsh(acc_gate, s)`, `a = f[ug]`,
/// `ub = rsh(acc_up, s)`, `uh = rsh(a ub, s_g)`, `g = clamp(uh)`.
///
/// Forced by: the remainders of the two projections in [0, 2^s), each by itself; the pair (ug, a) in the table of f; ub
/// in 16 bits; the remainder of the product in [0, 2^s_g); the pair (uh, g) in the table of the clamp.
public final class GatedHidden implements Operation {
    private static final int UP_BITS = 16;

    private final String name;
    private final MatrixProduct gate;
    private final MatrixProduct up;
    private final int shift;
    private final int productShift;
    private final GatedLookups tables;
    private final Column gateIndex;
    private final Column activated;
    private final Column upper;
    private final Column hidden;
    private final Column out;
    private final VirtualTensor gateRemainder;
    private final VirtualTensor upRemainder;
    private final VirtualTensor hiddenRemainder;
    private final List<Lookup> segments;

    /// @param gate of one input with `up`, and as wide
    /// @param shift s in 1..14, of both products: ub has 2^16 values, and 2^16 2^s may not pass p
    /// @param productShift s_g in 1..16; a ub is below 2^30 - 2^(s_g - 1) in absolute value
    public GatedHidden(String name, RowBlocks rows, MatrixProduct gate, MatrixProduct up, int shift,
            GatedLookups tables, int productShift) {
        if (gate.input() != up.input() || !gate.out().equals(up.out())) {
            throw new IllegalArgumentException(name + ": gate and up differ in their input or their width");
        }
        this.name = name;
        this.gate = gate;
        this.up = up;
        this.shift = shift;
        this.tables = tables;
        this.productShift = productShift;
        Shape shape = MatrixProduct.activation(rows, gate.out(), "hidden");
        this.gateIndex = column("ug", shape, Projection.indexBits(tables.activation()));
        this.activated = column("a", shape, 16);
        this.upper = column("ub", shape, 16);
        this.hidden = column("uh", shape, Projection.indexBits(tables.clamp()));
        this.out = column("out", shape, 16);
        this.gateRemainder = new VirtualTensor(name + ".gateRem", shape, VirtualTensor.unsigned(shift));
        this.upRemainder = new VirtualTensor(name + ".upRem", shape, VirtualTensor.unsigned(shift));
        this.hiddenRemainder = new VirtualTensor(name + ".rem", shape, VirtualTensor.unsigned(productShift));
        List<Lookup> all = new ArrayList<>();
        if (tables.remainders().columns().size() == 2) {
            all.add(new Lookup(name + ".rems", tables.remainders(), shape,
                    List.of(TupleComponent.of(gateRemainder), TupleComponent.of(upRemainder))));
        } else {
            all.add(new Lookup(name + ".gateRem", tables.remainders(), shape,
                    List.of(TupleComponent.of(gateRemainder))));
            all.add(new Lookup(name + ".upRem", tables.remainders(), shape, List.of(TupleComponent.of(upRemainder))));
        }
        all.add(new Lookup(name + ".f", tables.activation(), shape,
                List.of(TupleComponent.of(gateIndex), TupleComponent.of(activated))));
        all.add(new Lookup(name + ".ub", tables.up(), shape,
                List.of(TupleComponent.of(1, upper, 1L << UP_BITS - 1))));
        all.add(new Lookup(name + ".rem", tables.productRemainders(), shape,
                List.of(TupleComponent.of(hiddenRemainder))));
        all.add(new Lookup(name + ".clamp", tables.clamp(), shape,
                List.of(TupleComponent.of(hidden), TupleComponent.of(out))));
        this.segments = List.copyOf(all);
    }

    private Column column(String what, Shape shape, int bits) {
        return new Column(name + "." + what, shape, Column.Tree.WITNESS, bits);
    }

    /// g.
    public Column out() {
        return out;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Column> columns() {
        return List.of(gateIndex, activated, upper, hidden, out);
    }

    /// With a, which the second product meets.
    @Override
    public List<Column> activations() {
        return List.of(activated, out);
    }

    @Override
    public List<Lookup> segments() {
        return segments;
    }

    @Override
    public long multiplyAdds() {
        return gate.multiplyAdds(out.shape()) + up.multiplyAdds(out.shape());
    }

    @Override
    public long products() {
        return out.shape().size();
    }

    /// Remainder and value beside the accumulators.
    @Override
    public long panelElements(int lanes) {
        return 3L * out(gate, up) * lanes;
    }

    private static long out(MatrixProduct gate, MatrixProduct up) {
        return Math.max(gate.out().padded(), up.out().padded());
    }

    @Override
    public void evaluate(Evaluation run, int from, int to) {
        boolean activationsOnly = run.activationsOnly();
        ActivationIndex at = ActivationIndex.of(run, out.shape());
        run.product(gate, from, to, (memory, acc, channel, row) -> {
            Panel rest = memory.panel(acc.channels(), acc.lanes());
            Panel value = memory.panel(acc.channels(), acc.lanes());
            acc.shiftRound(shift, rest);
            value.lookup(acc, run.of(LookupTables.storedColumn(tables.activation(), 1)),
                    tables.activation().firstValue());
            at.store(value, run.of(activated), row, channel);
            if (!activationsOnly) {
                at.store(acc, run.of(gateIndex), row, channel);
                at.store(rest, run.of(gateRemainder), row, channel);
            }
        });
        run.product(up, from, to, (memory, acc, channel, row) -> {
            Panel rest = memory.panel(acc.channels(), acc.lanes());
            Panel value = memory.panel(acc.channels(), acc.lanes());
            acc.shiftRound(shift, rest);
            if (!activationsOnly) {
                at.store(acc, run.of(upper), row, channel);
                at.store(rest, run.of(upRemainder), row, channel);
            }
            at.load(value, run.of(activated), row, channel);
            acc.multiply(value);
            acc.shiftRound(productShift, rest);
            value.lookup(acc, run.of(LookupTables.storedColumn(tables.clamp(), 1)), tables.clamp().firstValue());
            at.store(value, run.of(out), row, channel);
            if (!activationsOnly) {
                at.store(acc, run.of(hidden), row, channel);
                at.store(rest, run.of(hiddenRemainder), row, channel);
            }
        });
    }

    @Override
    public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection {
        ProductReduction.reduce(party, name + "/acc", List.of(
                accumulator(party, gate, gateIndex, claims.apply(gateRemainder)),
                accumulator(party, up, upper, claims.apply(upRemainder))));
        product(party, claims.apply(hiddenRemainder));
        return Kept.NOTHING;
    }

    private ProductReduction.Claimed accumulator(Party party, MatrixProduct product, Column quotient, LeafClaim rem)
            throws Rejection {
        return new ProductReduction.Claimed(product, out.shape(), rem.at(), shifted(party, quotient, rem, shift));
    }

    /// What a remainder says of the value that was shifted.
    private PrivateValue shifted(Party party, Column quotient, LeafClaim rem, int by) throws Rejection {
        PrivateValue opened = party.open(quotient, rem.at());
        return rem.value().sub(rem.at().total().mul(QM31.of(IntegerSemantics.half(by)))).add(opened.mul(1 << by));
    }

    /// uh 2^s_g + rem = a ub + 2^(s_g - 1)
    private void product(Party party, LeafClaim rem) throws Rejection {
        Shape shape = out.shape();
        PrivateValue value = shifted(party, hidden, rem, productShift);
        Variable row = Variable.of(shape.lowAxes().get(0));
        Variable channel = Variable.of(shape.lowAxes().get(1));
        Variable channelHigh = Variable.of(shape.highAxes().get(0));
        Variable block = Variable.of(shape.highAxes().get(1));
        Expression eq = Expression.of(new EqFactor(List.of(row, channel), rem.at().low()));
        Expression weights = Expression.of(SparseFactor.ofTiles("weights", shape, rem.at().weights(),
                List.of(channelHigh, block)));
        List<Variable> variables = List.of(row, channel, channelHigh, block);
        party.sumcheck(name + "/gate", new Statement(variables, Expression.product(weights, eq,
                free(activated, variables), free(upper, variables))), value);
    }

    private static Expression free(Column column, List<Variable> variables) {
        ColumnFactor factor = ColumnFactor.of(column);
        variables.forEach(v -> factor.bind(v.name(), v));
        return Expression.of(factor);
    }
}
