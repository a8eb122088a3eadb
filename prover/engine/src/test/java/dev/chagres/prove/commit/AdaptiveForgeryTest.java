package dev.chagres.prove.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.BatchedClaims;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.CommitmentParameters.Level;
import dev.chagres.commit.OpeningTags;
import dev.chagres.commit.QuadraticRound;
import dev.chagres.commit.QueryPositions;
import dev.chagres.field.CircleDomain;
import dev.chagres.field.QM31;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.tensor.Claim;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A prover that states a false claim and adapts every message that a check compares with it: F(r), so that the batch
/// check holds, and the values in clear, so that the final check holds. Only the queries of the last level are left to
/// catch it, and it chooses the difference of the values in clear so that it vanishes at as many positions as a
/// codeword can.
class AdaptiveForgeryTest {
    private static final long SEED = 20262;
    private static final int TRIES = 200;

    @Test
    void manyQueriesCatchItAlways() {
        CommitmentParameters strong = new CommitmentParameters(9, 1, 97, 0,
                List.of(new Level(2, 2, 60, 0), new Level(1, 3, 49, 0)), 4, 40);
        try (OpeningFixture fixture = new OpeningFixture(strong, SEED)) {
            for (int p = 0; p < 8; p++) {
                assertThat(check(fixture, p)).isEqualTo("open/clear");
            }
        }
    }

    /// What parameters below the minimum are worth: the forger needs a few attempts.
    @Test
    void oneQueryWithoutWorkIsForged() {
        CommitmentParameters weak = new CommitmentParameters(9, 1, 1, 0,
                List.of(new Level(2, 2, 1, 0), new Level(1, 3, 1, 0)), 4, 1);
        try (OpeningFixture fixture = new OpeningFixture(weak, SEED)) {
            int p = 0;
            while (p < TRIES && !check(fixture, p).equals("accepted")) {
                p++;
            }
            assertThat(p).isLessThan(TRIES);
        }
    }

    /// The failed check of a forgery whose difference vanishes at position `p`, or "accepted".
    private static String check(OpeningFixture fixture, int p) {
        Claim c = fixture.claims.get(2);
        List<Claim> stated = new ArrayList<>(fixture.claims);
        stated.set(2, new Claim(c.column(), c.low(), c.weights(), c.value().add(QM31.ONE)));
        Transcript transcript = fixture.transcript(fixture.witness.root(), fixture.key.root(), stated);
        ProverChannel channel = new ProverChannel(transcript, new Forger(fixture, stated, p));
        OpeningProver.open(TestHosts.of(1), channel, fixture.parameters, fixture.witness, fixture.key, fixture.source(),
                stated, false);
        try {
            fixture.verify(channel.bytes(), fixture.witness.root(), fixture.key.root(), stated);
            return "accepted";
        } catch (Rejection r) {
            return r.check();
        }
    }

    /// Follows the transcript and adapts messages. The honest messages carry a wrong claim along: a round leads the
    /// difference `delta` between the claim and the truth to `delta` times the challenge.
    private static final class Forger implements ProverChannel.Interceptor {
        private final CommitmentParameters parameters;
        private final ProverChannel shadow;
        private final BatchedClaims batch;
        private final int target;
        private final QM31[] r;
        private final QM31[] bound;
        private final List<QM31[][]> terms = new ArrayList<>();
        private QM31 running;
        private QM31 delta;
        private int round;
        private int level;
        private int variable;

        Forger(OpeningFixture fixture, List<Claim> stated, int target) {
            this.parameters = fixture.parameters;
            this.target = target;
            this.shadow = new ProverChannel(
                    fixture.transcript(fixture.witness.root(), fixture.key.root(), stated));
            AddressSpace space = new AddressSpace(fixture.witnessLayout, fixture.keyLayout);
            this.batch = BatchedClaims.of(space, stated, shadow.challenge(OpeningTags.GAMMA));
            this.running = batch.value().number();
            this.r = new QM31[space.variables()];
            this.bound = new QM31[parameters.k()];
            this.variable = parameters.k() - 1;
        }

        @Override
        public byte[] replace(String tag, byte[] data) {
            QM31[] sent = tag.equals(OpeningTags.ROOT) ? new QM31[0] : decode(data);
            switch (tag) {
                case OpeningTags.VALUE -> {
                    QM31 forged = running.mul(batch.weightAt(r).inv());
                    delta = forged.sub(sent[0]);
                    sent[0] = forged;
                    terms.add(eq(Arrays.copyOf(r, parameters.k())));
                }
                case OpeningTags.CLEAR -> adapt(sent);
                default -> { }
            }
            byte[] replaced = tag.equals(OpeningTags.ROOT) ? data : Transcript.encode(sent);
            shadow.absorb(tag, replaced);
            follow(tag, sent);
            return replaced;
        }

        private void follow(String tag, QM31[] sent) {
            switch (tag) {
                case OpeningTags.BATCH -> {
                    QM31 x = shadow.challenge(tag);
                    running = QuadraticRound.next(running, sent[0], sent[1], x);
                    int head = parameters.headBits();
                    r[round < head ? head - 1 - round : r.length - 1 - (round - head)] = x;
                    round++;
                }
                case OpeningTags.ROOT -> queries();
                case OpeningTags.FOLD -> {
                    bound[variable] = shadow.challenge(tag);
                    delta = delta.mul(bound[variable--]);
                }
                default -> { }
            }
        }

        /// The constraints of a level's queries, which the forger satisfies honestly.
        private void queries() {
            shadow.transcript().acceptNonce(OpeningTags.GRIND, 0, 0);
            int[] positions = QueryPositions.draw(shadow, parameters, level);
            QM31 beta = shadow.challenge(OpeningTags.BETA);
            QM31 power = beta;
            CircleDomain domain = CircleDomain.of(parameters.codeBits(level));
            for (int position : positions) {
                QM31[][] term = basis(domain.basis(position, parameters.coefficientBits(level)));
                term[2] = new QM31[] {power};
                terms.add(term);
                power = power.mul(beta);
            }
            level++;
        }

        /// Adds e with <e, W> = delta, where e(P) = prod (t_v(P) - t_v(target)) up to a factor.
        private void adapt(QM31[] clear) {
            int bits = parameters.clearBits();
            int[] at = CircleDomain.of(parameters.codeBits(parameters.levels().size())).basis(target, bits);
            QM31[][] difference = basis(at);
            for (int v = 0; v < bits; v++) {
                difference[0][v] = difference[1][v].neg();
                difference[1][v] = QM31.ONE;
            }
            QM31[] e = bind(difference, bits);
            QM31 product = QM31.ZERO;
            for (QM31[][] term : terms) {
                QM31[] w = bind(term, bits);
                for (int i = 0; i < e.length; i++) {
                    product = product.add(e[i].mul(w[i]));
                }
            }
            QM31 scale = delta.mul(product.inv());
            for (int i = 0; i < e.length; i++) {
                clear[i] = clear[i].add(scale.mul(e[i]));
            }
        }

        /// Factors for bit 0, factors for bit 1, coefficient.
        private static QM31[][] eq(QM31[] point) {
            QM31[] zero = Arrays.stream(point).map(QM31.ONE::sub).toArray(QM31[]::new);
            return new QM31[][] {zero, point, {QM31.ONE}};
        }

        private static QM31[][] basis(int[] factors) {
            QM31[] zero = new QM31[factors.length];
            Arrays.fill(zero, QM31.ONE);
            return new QM31[][] {zero, Arrays.stream(factors).mapToObj(QM31::of).toArray(QM31[]::new), {QM31.ONE}};
        }

        private QM31[] bind(QM31[][] term, int bits) {
            QM31 scale = term[2][0];
            for (int v = bits; v < term[0].length; v++) {
                scale = scale.mul(term[0][v].add(bound[v].mul(term[1][v].sub(term[0][v]))));
            }
            QM31[] table = new QM31[1 << bits];
            for (int x = 0; x < table.length; x++) {
                table[x] = scale;
                for (int v = 0; v < bits; v++) {
                    table[x] = table[x].mul(term[x >> v & 1][v]);
                }
            }
            return table;
        }

        private static QM31[] decode(byte[] data) {
            ByteBuffer b = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
            QM31[] values = new QM31[data.length / QM31.BYTES];
            Arrays.setAll(values, _ -> new QM31(b.getInt(), b.getInt(), b.getInt(), b.getInt()));
            return values;
        }
    }
}
