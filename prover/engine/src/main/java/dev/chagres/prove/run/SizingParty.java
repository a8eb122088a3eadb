package dev.chagres.prove.run;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.graph.SectionParty;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.Factor;
import dev.chagres.poly.Point;
import dev.chagres.poly.Statement;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.StageMemory;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.prove.sumcheck.SumcheckProver;
import dev.chagres.relation.PrivateValue;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// A party that proves nothing: it walks through a reduction as the prover would, with challenges and values of its
/// own, and learns what the stages would take, one call after another, and what is claimed. Sizes depend on no value.
final class SizingParty implements SectionParty {
    private final StageMemory memory;
    private final TensorData data;
    private final List<Claim> claims;
    private final SplittableRandom random;
    private long bytes;

    /// @param data of the columns, without values
    /// @param claims receives every claim, in the verifier's order
    /// @param random of all parties of a walk: two of them draw different points
    SizingParty(StageMemory memory, TensorData data, List<Claim> claims, SplittableRandom random) {
        this.memory = memory;
        this.data = data;
        this.claims = claims;
        this.random = random;
    }

    /// Most bytes of a stage so far.
    long bytes() {
        return bytes;
    }

    private void took(long more) {
        bytes = Math.max(bytes, more);
    }

    /// An element that is not zero but with negligible probability, and none twice.
    private QM31 element() {
        return new QM31(random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P));
    }

    private QM31[] elements(int n) {
        QM31[] all = new QM31[n];
        for (int i = 0; i < n; i++) {
            all[i] = element();
        }
        return all;
    }

    /// Challenges of the lookups of all sections.
    LookupChallenges lookupChallenges() {
        return new LookupChallenges(element(), elements(LookupChallenges.MAX_COMPONENTS), element());
    }

    @Override
    public QM31 challenge(String tag) {
        return element();
    }

    @Override
    public QM31[] challenges(String tag, int n) {
        return elements(n);
    }

    @Override
    public PrivateValue open(Column column, TilePoint at) {
        PrivateValue value = evaluate(data.of(column), column.shape(), at);
        claims.add(new Claim(column, at, value));
        return value;
    }

    @Override
    public void claim(Column column, TilePoint at, QM31 value) {
        claims.add(new Claim(column, at, value));
    }

    @Override
    public PrivateValue virtual(VirtualTensor tensor, TilePoint at) {
        return evaluate(data.of(tensor), tensor.shape(), at);
    }

    private PrivateValue evaluate(IntTensor tensor, Shape shape, TilePoint at) {
        took(memory.evaluate(tensor, shape, at));
        return message();
    }

    private PrivateValue message() {
        return PrivateValue.known(element());
    }

    @Override
    public QM31 evaluate(TablePolynomial column, TilePoint at, long[] starts) {
        return element();
    }

    @Override
    public SumcheckResult sumcheck(String tag, Statement statement, PrivateValue claim) {
        took(memory.statement(SumcheckProver.program(statement), data::of));
        Point end = Point.split(statement.variables(), elements(statement.bits()));
        Map<DerivedFactor, PrivateValue> derived = new HashMap<>();
        for (Factor factor : statement.expression().factors()) {
            if (factor instanceof ColumnFactor c) {
                claims.add(c.claim(end, message()));
            } else if (factor instanceof DerivedFactor d) {
                derived.put(d, message());
            }
        }
        return new SumcheckResult(end, derived);
    }

    /// Nothing is true here.
    @Override
    public void require(String check, PrivateValue actual, PrivateValue expected) {}

    @Override
    public FractionTreeVerifier.Result lookupTree(List<Lookup> lookups, TreeLayout layout,
            LookupChallenges challenges) {
        return tree(LeafProgram.of(lookups, layout, challenges, data));
    }

    @Override
    public FractionTreeVerifier.Result tableTree(List<Table> tables, TreeLayout layout, LookupChallenges challenges) {
        return tree(LeafProgram.ofTables(tables, layout, challenges, data));
    }

    private FractionTreeVerifier.Result tree(LeafProgram leaves) {
        took(memory.tree(leaves));
        return FractionTreeVerifier.Result.known(element(), element(), elements(leaves.layout().bits()), element(),
                element());
    }
}
