package dev.chagres.graph.op;

import dev.chagres.field.QM31;
import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Kept;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Panel;
import dev.chagres.graph.Party;
import dev.chagres.graph.Workspace;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.relation.PrivateValue;
import dev.chagres.semantics.DomainException;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A linear map added to the residual stream: `x' = x + rsh(acc, s)` (docs/semantics.md, section 3.5).
///
/// Forced by: the remainder `acc + 2^(s-1) - (x' - x) 2^s` in [0, 2^s). Up to s = 3 the quotient is bounded by the
/// domain of the stream, which the next norm checks; above, x' - x is looked up in its interval.
public final class ResidualWrite implements Operation {
    /// The stream stays in [-2^26, 2^26).
    static final int STREAM_BITS = 26;
    private static final int MAX_SHIFT = 12;
    /// The largest shift for which two quotients inside the domain of the stream are never p / 2^s apart.
    public static final int UNIQUE_SHIFT = 3;

    private final String name;
    private final MatrixProduct product;
    private final int shift;
    private final Optional<Table> quotients;
    private final Column before;
    private final Column after;
    private final VirtualTensor remainder;
    private final List<Lookup> segments;

    /// @param before the stream that is read
    /// @param shift s in 0..12
    /// @param remainders the range table [0, 2^s)
    /// @param quotients the table of x' - x, exactly for s > 3: at most floor(p / 2^s) consecutive integers
    public ResidualWrite(String name, MatrixProduct product, int shift, Column before, Table remainders,
            Optional<Table> quotients) {
        if (shift < 0 || shift > MAX_SHIFT || quotients.isPresent() != (shift > UNIQUE_SHIFT)) {
            throw new IllegalArgumentException(name + ": a residual shift of " + shift
                    + (quotients.isPresent() ? " with" : " without") + " a table of quotients");
        }
        this.name = name;
        this.product = product;
        this.shift = shift;
        this.quotients = quotients;
        this.before = before;
        Shape shape = before.shape();
        this.after = new Column(name + ".x", shape, Column.Tree.WITNESS);
        this.remainder = new VirtualTensor(name + ".rem", shape, VirtualTensor.unsigned(shift));
        List<Lookup> all = new ArrayList<>();
        all.add(new Lookup(name + ".rem", remainders, shape, List.of(TupleComponent.of(remainder))));
        quotients.ifPresent(t -> all.add(new Lookup(name + ".quotient", t, shape,
                List.of(new TupleComponent.Linear(0, List.of(
                        new TupleComponent.Term(1, after), new TupleComponent.Term(-1, before)))))));
        this.segments = List.copyOf(all);
    }

    /// The stream after the write.
    public Column out() {
        return after;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Column> columns() {
        return List.of(after);
    }

    @Override
    public List<Column> activations() {
        return List.of(after);
    }

    @Override
    public List<Lookup> segments() {
        return segments;
    }

    @Override
    public long multiplyAdds() {
        return product.multiplyAdds(after.shape());
    }

    /// Remainder and stream beside the accumulators, and two lane arrays.
    @Override
    public long panelElements(int lanes) {
        return (3L * product.out().padded() + 2) * lanes;
    }

    @Override
    public void evaluate(Evaluation run, int from, int to) {
        boolean activationsOnly = run.activationsOnly();
        IntTensor x = run.of(before);
        IntTensor y = run.of(after);
        ActivationIndex at = ActivationIndex.of(run, after.shape());
        run.product(product, from, to, (memory, acc, channel, row) -> {
            Panel rest = memory.panel(acc.channels(), acc.lanes());
            Panel stream = memory.panel(acc.channels(), acc.lanes());
            acc.shiftRound(shift, rest);
            quotients.ifPresent(t -> checkQuotients(memory, acc, t, row));
            at.load(stream, x, row, channel);
            stream.add(acc);
            checkDomain(memory, stream, row);
            at.store(stream, y, row, channel);
            if (!activationsOnly) {
                at.store(rest, run.of(remainder), row, channel);
            }
        });
    }

    /// What the lookup will find: a model states what its layers add, by what calibration saw.
    private void checkQuotients(Workspace memory, Panel quotient, Table table, int row) {
        int lowest = Math.toIntExact(table.firstValue());
        int end = Math.toIntExact(table.firstValue() + ((long) table.starts().length << table.tileBits()));
        Panel outside = memory.panel(1, quotient.lanes());
        outside.firstOutside(quotient, lowest, end);
        outside.tellOutside(quotient.channels(), (group, t, c) -> {
            int value = quotient.get(c, t);
            throw new DomainException(name, row + t, value + " is added to the residual stream, and the model allows "
                    + lowest + " to " + (end - 1)
                    + ": calibrate it on text like this one, or other weights than those of the key were used",
                    new DomainException.Excess(DomainException.Limit.WRITE, value, lowest, end - 1L));
        });
    }

    private void checkDomain(Workspace memory, Panel stream, int row) {
        Panel outside = memory.panel(1, stream.lanes());
        outside.firstOutside(stream, -(1 << STREAM_BITS), 1 << STREAM_BITS);
        outside.tellOutside(stream.channels(), (group, t, c) -> {
            int value = stream.get(c, t);
            throw new DomainException(name, row + t, "residual stream " + value + " is outside [-2^26, 2^26)",
                    new DomainException.Excess(DomainException.Limit.STREAM, value, -(1 << STREAM_BITS),
                            (1 << STREAM_BITS) - 1));
        });
    }

    @Override
    public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection {
        LeafClaim c = claims.apply(remainder);
        PrivateValue quotient = party.open(after, c.at()).sub(party.open(before, c.at()));
        PrivateValue acc = c.value().sub(c.at().total().mul(QM31.of(IntegerSemantics.half(shift))))
                .add(quotient.mul(1 << shift));
        product.reduce(party, name + "/acc", after.shape(), c.at(), acc);
        return Kept.NOTHING;
    }
}
