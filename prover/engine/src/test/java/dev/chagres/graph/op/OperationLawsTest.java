package dev.chagres.graph.op;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Kept;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Party;
import dev.chagres.graph.Width;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.Rejection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The laws notice operations that prove too little or compute too early.
final class OperationLawsTest {
    private static final class Laws extends OperationLaws {
        @Override
        Stream<OperationFixture> fixtures() {
            return Stream.of();
        }
    }

    private final Laws laws = new Laws();

    /// A projection of which something is left out.
    private static class Lawless implements Operation {
        final Operation whole;

        Lawless(Operation whole) {
            this.whole = whole;
        }

        @Override
        public String name() {
            return whole.name();
        }

        @Override
        public List<Column> columns() {
            return whole.columns();
        }

        @Override
        public List<Column> activations() {
            return whole.activations();
        }

        @Override
        public List<Lookup> segments() {
            return whole.segments();
        }

        @Override
        public void evaluate(Evaluation run, int from, int to) {
            whole.evaluate(run, from, to);
        }

        @Override
        public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection {
            return whole.reduce(party, claims);
        }
    }

    private static OperationFixture fixture(Function<Operation, Operation> edit) {
        OperationFixture f = new OperationFixture("lawless", 20);
        Column input = f.input("n", Width.of(16), "k", (t, c) -> OperationFixture.random(1, t, c, 40));
        f.reads(input, 0, 0);
        MatrixProduct product = f.product("p", input, Width.of(16), Width.of(16), 2, 9, 300);
        int bound = 16 * 40 * 9 + 300;
        Projection p = new Projection("p", f.rows(), product, "j", 2, f.tables().range(2),
                f.filled(f.tables().function("f", -bound, 2L * bound + 1, M31.P >> 2), i -> (int) ((i - bound) / 100)));
        return f.of(edit.apply(p));
    }

    private void assertLawful(OperationFixture f) {
        laws.everyTupleOfTheHonestWitnessIsInItsTable(f);
        laws.theHonestProofIsAccepted(f);
        laws.noTensorCanChangeAlone(f);
        laws.noInputCanChangeAlone(f);
        laws.noKeyColumnCanChange(f);
        laws.rowsOneByOneAreRowsAtOnce(f);
        laws.aDraftedRowIsTheRowThatIsEvaluated(f);
    }

    @Test
    void theWholeProjectionIsLawful() {
        assertThatCode(() -> assertLawful(fixture(p -> p))).doesNotThrowAnyException();
    }

    @Test
    void anOmittedLookupIsNoticed() {
        OperationFixture f = fixture(p -> new Lawless(p) {
            @Override
            public List<Lookup> segments() {
                return List.of(p.segments().getFirst());
            }
        });
        laws.theHonestProofIsAccepted(f);
        assertThatThrownBy(() -> laws.noTensorCanChangeAlone(f)).hasMessageContaining("p.out: ")
                .hasMessageNotContaining("p.u: ");
    }

    @Test
    void anOmittedReductionIsNoticed() {
        OperationFixture f = fixture(p -> new Lawless(p) {
            @Override
            public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) {
                // nothing is proved of the product
                return Kept.NOTHING;
            }
        });
        laws.theHonestProofIsAccepted(f);
        assertThatThrownBy(() -> laws.noInputCanChangeAlone(f)).hasMessageContaining("n: ");
        assertThatThrownBy(() -> laws.noTensorCanChangeAlone(f)).hasMessageContaining("p.rem: ");
    }

    /// The axes of an activation do not make one.
    @Test
    void anActivationThatIsNotNamedHasNoDraft() {
        OperationFixture f = fixture(p -> new Lawless(p) {
            @Override
            public List<Column> activations() {
                return List.of();
            }
        });
        laws.rowsOneByOneAreRowsAtOnce(f);
        assertThatThrownBy(() -> laws.aDraftedRowIsTheRowThatIsEvaluated(f)).hasMessageContaining("p.out has no draft");
    }

    @Test
    void aTupleOutsideItsTableIsNoticed() {
        OperationFixture f = fixture(p -> new Lawless(p) {
            @Override
            public void evaluate(Evaluation run, int from, int to) {
                whole.evaluate(run, from, to);
                Column out = whole.columns().get(1);
                run.of(out).set(0, run.of(out).get(0) + 1);
            }
        });
        assertThatThrownBy(() -> laws.everyTupleOfTheHonestWitnessIsInItsTable(f)).hasMessageContaining("p.f");
    }

    @Test
    void aRowThatReadsALaterOneIsNoticed() {
        OperationFixture f = fixture(p -> new Lawless(p) {
            @Override
            public void evaluate(Evaluation run, int from, int to) {
                whole.evaluate(run, 0, 32);
                whole.evaluate(run, from, to);
                run.of(whole.columns().get(0)).set(from, run.of(whole.columns().get(0)).get(31));
            }
        });
        assertThatThrownBy(() -> laws.rowsOneByOneAreRowsAtOnce(f)).hasMessageContaining("p.u");
    }
}
