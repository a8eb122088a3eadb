package dev.chagres.relation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.QM31;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.prove.data.TensorEvaluation;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.lookup.RandomLeaves;
import dev.chagres.prove.sumcheck.RandomStatement;
import dev.chagres.prove.sumcheck.SumcheckProver;
import dev.chagres.relation.Relations.Product;
import dev.chagres.sumcheck.SumcheckVerifier;
import dev.chagres.tensor.Claim;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.transcript.VerifierChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The verifiers of sumchecks and fraction trees on streams whose every element has a mask: an auditor who knows the
/// masks finds that all relations hold and that the claims are true, and the relation that a false element breaks.
class MaskedStreamTest {
    private static final Host HOST = TestHosts.of(1);

    private final Masks masks = new Masks(5);
    private final Relations relations = Relations.masked();

    private VerifierChannel verifier(byte[] stream) {
        return new VerifierChannel(Transcript.start("test"), ByteBuffer.wrap(stream), relations);
    }

    @Test
    void sumchecks() throws Rejection {
        int deep = 0;
        int checked = 0;
        for (int seed = 0; seed < 60; seed++) {
            RandomStatement r = new RandomStatement(seed, 6);
            ProverChannel channel = new ProverChannel(Transcript.start("test"), masks);
            int before = masks.size();
            SumcheckProver.prove(channel, "t", r.statement, r.bruteForce(), r.data::get, HOST.stages(), _ -> { });
            assertThat(masks.size() - before).isEqualTo(channel.bytes().length / QM31.BYTES);
            List<Claim> claims = new ArrayList<>();
            VerifierChannel v = verifier(channel.bytes());
            try {
                SumcheckVerifier.verify(v, "t", r.statement, PrivateValue.known(r.bruteForce()), claims::add);
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("a product of two messages is multiplied again");
                deep++;
                continue;
            }
            v.finish("the stream");
            checked++;
            for (Claim claim : claims) {
                assertThat(masks.audit(relations, claim.value())).as("seed %d", seed)
                        .isEqualTo(TensorEvaluation.evaluate(r.data.get(claim.column()), claim.column().shape(),
                                claim.low(), claim.weights(), HOST));
            }
        }
        assertThat(masks.broken(relations)).isEmpty();
        assertThat(relations.messages()).isEqualTo(masks.size());
        assertThat(relations.recorded()).hasSizeGreaterThan(checked / 2)
                .allMatch(relation -> relation.check().equals("sumcheck/t"));
        assertThat(checked).isGreaterThan(10);
        assertThat(deep).isLessThan(50);
    }

    private byte[] prove(RandomLeaves tree) {
        ProverChannel channel = new ProverChannel(Transcript.start("test"), masks);
        tree.prove(channel);
        return channel.bytes();
    }

    @Test
    void trees() throws Rejection {
        RandomLeaves tree = RandomLeaves.of(80, 1);
        FractionTreeVerifier.Result seen = FractionTreeVerifier.verify(verifier(prove(tree)), tree.bits());
        assertThat(masks.broken(relations)).isEmpty();
        // p0 q1, p1 q0 and q0 q1 of every layer; the children are received last.
        assertThat(relations.products()).hasSize(3 * tree.bits()).startsWith(
                new Product(2, 5), new Product(3, 4), new Product(4, 5));
        assertThat(relations.recorded()).extracting(Relations.Relation::check).startsWith(
                "lookup/root-numerator", "lookup/root-denominator", "lookup/layer").hasSize(tree.bits() + 1);
        assertThat(masks.audit(relations, seen.numerator())).isEqualTo(tree.numerator(seen.point()));
        assertThat(masks.audit(relations, seen.denominator())).isEqualTo(tree.denominator(seen.point()));
    }

    /// A false element is in a relation, or in what the tree claims of its leaves.
    @Test
    void everyElementOfATreeMatters() throws Rejection {
        RandomLeaves tree = RandomLeaves.of(80, 1);
        byte[] stream = prove(tree);
        Random random = new Random(3);
        for (int i = 0; i < stream.length / QM31.BYTES; i++) {
            byte[] false1 = stream.clone();
            int at = QM31.BYTES * i + 4 * random.nextInt(4);
            false1[at] = (byte) (false1[at] ^ 1);
            Relations own = Relations.masked();
            FractionTreeVerifier.Result seen = FractionTreeVerifier.verify(
                    new VerifierChannel(Transcript.start("test"), ByteBuffer.wrap(false1), own), tree.bits());
            boolean leavesTrue = masks.audit(own, seen.numerator()).equals(tree.numerator(seen.point()))
                    && masks.audit(own, seen.denominator()).equals(tree.denominator(seen.point()));
            assertThat(masks.broken(own).isEmpty() && leavesTrue).as("element %d", i).isFalse();
        }
    }
}
