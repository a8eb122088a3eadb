package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.CommitmentParameters.Level;
import dev.chagres.commit.ParameterChoice;
import dev.chagres.proof.Proof;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.forgery.ForgedStream;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.statement.Binding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Work that is missing, too little or done after the challenges are known, at every site: before the lookup challenge
/// (site -1), before the queries into every level i (site i) and before the folds of every level i (site FOLD + i). All
/// values are true.
class WorkForgeryTest {
    private static final int LOOKUP_WORK = 10;
    private static final int QUERY_WORK = 6;
    private static final int FOLD_WORK = 5;
    private static final int FOLD = 100;
    private static final int LANE_BITS = 2;
    private static final int CLEAR_BITS = 5;

    @TempDir
    private static Path folder;

    private static CheatingProver prover;
    private static VerifyingKey key;
    private static byte[] honest;

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, "1x2x16x20x32", 11);
        VerifyingKey own = prover.verifyingKey;
        int queries = ParameterChoice.queriesFor(100 - QUERY_WORK, 2);
        int lanes = own.parameters().k() - CLEAR_BITS - LANE_BITS;
        CommitmentParameters parameters = new CommitmentParameters(own.parameters().k(), 1,
                ParameterChoice.queriesFor(100 - QUERY_WORK, 1), QUERY_WORK, FOLD_WORK,
                List.of(new Level(lanes, 2, queries, QUERY_WORK, FOLD_WORK),
                        new Level(LANE_BITS, 2, queries, QUERY_WORK, FOLD_WORK)), LOOKUP_WORK, 100);
        key = new VerifyingKey(own.name(), own.tokenizer(), own.spec(), parameters, own.root());
        honest = stream(parameters);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    /// A stream for the key by a prover that has its own idea of the parameters.
    private static byte[] stream(CommitmentParameters used) {
        try (CheatingProver.Run r = prover.new Run(prover.sequence, Map.of())) {
            Lookups.count(r.graph, r.witness);
            try (ForgedStream stream = new ForgedStream(r.graph, used, prover.key.commitment(TestHosts.of(1)),
                    Verifier.publicInput(key, r.about, Binding.NONE), r.witness, Moves.NONE)) {
                return stream.whole();
            }
        }
    }

    private static String check(byte[] stream) {
        byte[] proof = new Proof(key.digest(), prover.sequence, stream).encode();
        return new Verifier(key).verify(proof) instanceof Verdict.Rejected r ? r.check() : Outcome.ACCEPTED;
    }

    /// The key's parameters with other work at one site.
    private static CommitmentParameters with(int site, int bits) {
        CommitmentParameters p = key.parameters();
        List<Level> levels = new ArrayList<>(p.levels());
        for (int i = 1; i <= levels.size(); i++) {
            Level l = levels.get(i - 1);
            levels.set(i - 1, new Level(l.laneBits(), l.rateBits(), l.queries(), site == i ? bits : l.grindingBits(),
                    site == FOLD + i ? bits : l.foldGrindingBits()));
        }
        return new CommitmentParameters(p.k(), p.rateBits(), p.queries(), site == 0 ? bits : p.grindingBits(0),
                site == FOLD ? bits : p.foldGrindingBits(0), levels, site == -1 ? bits : p.lookupGrindingBits(),
                p.targetBits());
    }

    private static int bits(int site) {
        return site == -1 ? LOOKUP_WORK : site < FOLD ? QUERY_WORK : FOLD_WORK;
    }

    private static int[] sites() {
        int last = lastQueries();
        return IntStream.concat(IntStream.rangeClosed(-1, last), IntStream.rangeClosed(FOLD, FOLD + last)).toArray();
    }

    /// The site of the last draw.
    private static int lastQueries() {
        return key.parameters().levels().size();
    }

    @Test
    void theHonestProofIsAccepted() {
        assertThat(check(honest)).isEqualTo(Outcome.ACCEPTED);
        assertThat(sites()).containsExactly(-1, 0, 1, 2, FOLD, FOLD + 1, FOLD + 2);
    }

    /// A nonce without work, absorbed and built upon; before folds with too little, for none would be no nonce.
    @Test
    void noWork() {
        for (int site : sites()) {
            assertThat(check(stream(with(site, site < FOLD ? 0 : 1)))).as("site %d", site)
                    .isEqualTo(site == -1 ? "grind/lookup" : site < FOLD ? "grind/query" : "grind/fold");
        }
    }

    /// Folds as if the key asked for no work before them.
    @Test
    void noNonceBeforeFolds() {
        for (int site = FOLD; site <= FOLD + lastQueries(); site++) {
            assertThat(check(stream(with(site, 0)))).as("site %d", site).isEqualTo("grind/fold");
        }
    }

    /// More work is work as well; the same proof with the nonce of another draw is not: queries follow the nonce.
    @Test
    void workAfterTheQueries() {
        for (int site : sites()) {
            byte[] other = otherNonce(site);
            int nonce = Arrays.mismatch(honest, other);
            assertThat(check(other)).as("site %d, more work", site).isEqualTo(Outcome.ACCEPTED);
            byte[] spliced = honest.clone();
            System.arraycopy(other, nonce & -4, spliced, nonce & -4, Long.BYTES);
            String check = check(spliced);
            if (site == -1) {
                // Other lookup challenges than those of the trees.
                assertThat(check).startsWith("lookup/");
            } else if (site >= FOLD) {
                // Another challenge: the next nonce is one for another transcript, and so are all later values.
                assertThat(check).as("site %d", site).matches("(grind|open)/.*");
            } else if (site > 0) {
                // The pruned tree of other queries may also have more nodes than the proof has bytes left.
                assertThat(check).as("site %d", site).isIn("open/merkle", "format/truncated");
            } else {
                // The columns of other queries may have bits after their last word.
                assertThat(check).as("site %d", site).isIn("open/merkle", "format/canonical");
            }
        }
    }

    /// The proof of a prover that does more work at a site than it must, so that another nonce is found.
    private static byte[] otherNonce(int site) {
        for (int more = 1; ; more++) {
            byte[] other = stream(with(site, bits(site) + more));
            if (!Arrays.equals(other, honest)) {
                return other;
            }
        }
    }

    @Test
    void missingNonce() {
        for (int site : sites()) {
            int nonce = Arrays.mismatch(honest, otherNonce(site)) & -4;
            byte[] without = new byte[honest.length - Long.BYTES];
            System.arraycopy(honest, 0, without, 0, nonce);
            System.arraycopy(honest, nonce + Long.BYTES, without, nonce, without.length - nonce);
            assertThat(check(without)).as("site %d", site).isNotEqualTo(Outcome.ACCEPTED)
                    .matches("(grind|format|lookup|open)/.*");
        }
    }
}
