package dev.chagres.prove.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.CommitmentParameters.Level;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MerkleProof;
import dev.chagres.commit.OpeningTags;
import dev.chagres.commit.OpeningVerifier;
import dev.chagres.commit.QueryPositions;
import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.PackedWords;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.VerifierChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Forged openings; the cheating prover asserts nothing.
class OpeningForgeryTest {
    private static final long SEED = 20261;
    /// Two ladder levels; 40-bit query phases without grinding, so that chance acceptance does not blur a verdict.
    private static final CommitmentParameters STRONG = new CommitmentParameters(9, 1, 97, 0,
            List.of(new Level(2, 2, 60, 0), new Level(1, 3, 49, 0)), 4, 40);

    private static OpeningFixture fixture;
    private static byte[] proof;

    @BeforeAll
    static void prove() throws Rejection {
        fixture = new OpeningFixture(STRONG, SEED);
        proof = fixture.prove(1);
        fixture.verify(proof);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static List<Claim> replaced(int i, Claim claim) {
        List<Claim> claims = new ArrayList<>(fixture.claims);
        claims.set(i, claim);
        return claims;
    }

    /// The proof of a prover that states false claims and follows the protocol otherwise.
    private static byte[] cheat(List<Claim> stated) {
        return fixture.prove(fixture.witness, fixture.source(), stated, 1, false);
    }

    private static void assertRejected(String check, byte[] forged, List<Claim> stated) {
        assertThatThrownBy(() -> fixture.verify(forged, fixture.witness.root(), fixture.key.root(), stated))
                .isInstanceOfSatisfying(Rejection.class, r -> assertThat(r.check()).isEqualTo(check));
    }

    @Test
    void wrongValueOfAnyClaim() {
        for (int i = 0; i < fixture.claims.size(); i++) {
            Claim c = fixture.claims.get(i);
            List<Claim> stated = replaced(i, new Claim(c.column(), c.low(), c.weights(), c.value().add(QM31.ONE)));
            assertRejected("open/batch", cheat(stated), stated);
        }
    }

    @Test
    void wrongWeightOfAnyClaim() {
        for (int i = 0; i < fixture.claims.size(); i++) {
            Claim c = fixture.claims.get(i);
            QM31[] weights = c.weights().clone();
            weights[weights.length - 1] = weights[weights.length - 1].add(QM31.ONE);
            List<Claim> stated = replaced(i, new Claim(c.column(), c.low(), weights, c.value()));
            assertRejected("open/batch", cheat(stated), stated);
        }
    }

    @Test
    void wrongPointOfAClaim() {
        Claim c = fixture.claims.get(0);
        QM31[] low = c.low().clone();
        low[0] = low[0].add(QM31.ONE);
        List<Claim> stated = replaced(0, new Claim(c.column(), low, c.weights(), c.value()));
        assertRejected("open/batch", cheat(stated), stated);
    }

    @Test
    void claimOfTwoColumnsExchanged() {
        Claim tiny = fixture.claims.get(3);
        assertThat(tiny.column().name()).isEqualTo("tiny");
        List<Claim> stated = replaced(3, fixture.claims.get(4));
        assertRejected("open/batch", proof, stated);
    }

    @Test
    void theProverNoticesAFalseClaim() {
        Claim c = fixture.claims.get(1);
        List<Claim> stated = replaced(1, new Claim(c.column(), c.low(), c.weights(), c.value().add(QM31.ONE)));
        assertThatThrownBy(() -> fixture.prove(fixture.witness, fixture.source(), stated, 1, true))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("open/batch");
    }

    @Test
    void valuesAlteredAfterTheCommitment() {
        alteredValues(STRONG, "open/final");
    }

    /// Without a ladder the clear values are compared with the committed columns directly.
    @Test
    void valuesAlteredAfterTheCommitmentWithoutLadder() {
        alteredValues(CommitmentParameters.of(6, 40, 0, 0), "open/clear");
    }

    /// The opening is made of other values than those committed; the claims hold for the other values.
    private static void alteredValues(CommitmentParameters parameters, String check) {
        try (OpeningFixture other = new OpeningFixture(parameters, SEED)) {
            Column plain = other.claims.get(0).column();
            other.detach(plain);
            other.data.get(plain).set(5, other.data.get(plain).get(5) ^ 1);
            List<Claim> stated = new ArrayList<>();
            for (Claim c : other.claims) {
                stated.add(other.claim(c.column(), c.low(), c.weights()));
            }
            byte[] forged = other.prove(other.witness, other.source(), stated, 1, false);
            assertThatThrownBy(
                    () -> other.verify(forged, other.witness.root(), other.key.root(), stated))
                    .isInstanceOfSatisfying(Rejection.class, r -> assertThat(r.check()).isEqualTo(check));
        }
    }

    /// Some rows of the committed matrix are no codewords: every other column has a random word there. Columns are
    /// hashed as they are.
    @Test
    void committedRowsFarFromTheCode() {
        for (int farRows : new int[] {1, 3}) {
            int far = farRows;
            UnaryOperator<RowEncoder> tampering = honest -> (row, coefficients, codeword) -> {
                honest.encode(row, coefficients, codeword);
                if (row % 2 == 0 && row < 2 * far) {
                    SplittableRandom random = new SplittableRandom(SEED + row);
                    for (long q = 0; q < 1L << STRONG.codeBits(0); q += 2) {
                        Memory.setInt(codeword, q, random.nextInt(M31.P));
                    }
                }
            };
            try (OpeningFixture cheater = new OpeningFixture(STRONG, SEED, 1, tampering)) {
                byte[] forged = cheater.prove(cheater.witness, cheater.source(), cheater.claims, 1, false);
                assertThatThrownBy(() -> cheater.verify(forged)).as("%d rows", farRows)
                        .isInstanceOfSatisfying(Rejection.class, r -> assertThat(r.check()).isEqualTo("open/final"));
            }
        }
    }

    @Test
    void aCommittedWordThatIsNoFieldElement() {
        UnaryOperator<RowEncoder> tampering = honest -> (row, coefficients, codeword) -> {
            honest.encode(row, coefficients, codeword);
            if (row == 0) {
                for (long q = 0; q < 1L << STRONG.codeBits(0); q++) {
                    Memory.setInt(codeword, q, M31.P);
                }
            }
        };
        try (OpeningFixture cheater = new OpeningFixture(STRONG, SEED, 1, tampering)) {
            byte[] forged = cheater.prove(cheater.witness, cheater.source(), cheater.claims, 1, false);
            assertThatThrownBy(() -> cheater.verify(forged))
                    .isInstanceOfSatisfying(Rejection.class, r -> assertThat(r.check()).isEqualTo("open/canonical"));
        }
    }

    @Test
    void wrongRoots() {
        byte[] root = fixture.witness.root();
        root[25] ^= 1;
        assertThatThrownBy(() -> fixture.verify(proof, root, fixture.key.root(), fixture.claims))
                .isInstanceOf(Rejection.class);
        assertThatThrownBy(() -> fixture.verify(proof, fixture.key.root(), fixture.witness.root(), fixture.claims))
                .isInstanceOf(Rejection.class);
    }

    @Test
    void openedColumnsSwapped() {
        int rows = fixture.witnessLayout.rows();
        byte[] swapped = proof.clone();
        for (int row = 0; row < rows; row++) {
            setWord(swapped, row, word(proof, rows + row));
            setWord(swapped, rows + row, word(proof, row));
        }
        assertThat(swapped).isNotEqualTo(proof);
        assertRejected("open/merkle", swapped, fixture.claims);
    }

    /// Word `i` of the first opened columns: 31 bits, the lowest first.
    private static int word(byte[] stream, int i) {
        int word = 0;
        for (int b = 0; b < 31; b++) {
            int bit = 31 * i + b;
            word |= (stream[firstColumn() + bit / 8] >> bit % 8 & 1) << b;
        }
        return word;
    }

    private static void setWord(byte[] stream, int i, int word) {
        for (int b = 0; b < 31; b++) {
            int bit = 31 * i + b;
            int at = firstColumn() + bit / 8;
            stream[at] = (byte) (stream[at] & ~(1 << bit % 8) | (word >> b & 1) << bit % 8);
        }
    }

    @Test
    void allOnesInTheStreamAreNotReduced() {
        byte[] forged = proof.clone();
        setWord(forged, 3, M31.P);
        assertRejected("open/merkle", forged, fixture.claims);
    }

    /// Columns of other positions than those drawn, with the Merkle paths of the drawn ones: the next column for each.
    @Test
    void columnsOfOtherPositions() {
        boolean[] committed = {false};
        UnaryOperator<RowEncoder> tampering = honest -> (row, coefficients, codeword) -> {
            honest.encode(row, coefficients, codeword);
            if (committed[0]) {
                int first = Memory.getInt(codeword, 0);
                long last = (1L << STRONG.codeBits(0)) - 1;
                for (long q = 0; q < last; q++) {
                    Memory.setInt(codeword, q, Memory.getInt(codeword, q + 1));
                }
                Memory.setInt(codeword, last, first);
            }
        };
        try (OpeningFixture cheater = new OpeningFixture(STRONG, SEED, 1, tampering)) {
            committed[0] = true;
            byte[] forged = cheater.prove(cheater.witness, cheater.source(), cheater.claims, 1, false);
            assertThatThrownBy(() -> cheater.verify(forged))
                    .isInstanceOfSatisfying(Rejection.class, r -> assertThat(r.check()).isEqualTo("open/merkle"));
        }
    }

    /// Proofs of a prover that uses parameters of its own.
    private static void rejectedWith(CommitmentParameters used, String... checks) {
        TileSource source = fixture.source();
        try (MatrixCommitment witness = MatrixCommitment.commit(used, fixture.witnessLayout, source, TestHosts.of(1));
                MatrixCommitment key = MatrixCommitment.commit(used, fixture.keyLayout, source, TestHosts.of(1))) {
            ProverChannel channel =
                    new ProverChannel(fixture.transcript(witness.root(), fixture.key.root(), fixture.claims));
            OpeningProver.open(TestHosts.of(1), channel, used, witness, key, source, fixture.claims, false);
            assertThatThrownBy(() -> fixture.verify(channel.bytes(), witness.root(), fixture.key.root(),
                    fixture.claims))
                    .as("%s", used).isInstanceOfSatisfying(Rejection.class, r -> assertThat(r.check())
                            .isIn((Object[]) checks));
        }
    }

    /// A lower rate, hence longer codewords and a deeper tree. Where fewer or more positions are distinct, the words of
    /// the prover end elsewhere.
    @Test
    void anotherDepth() {
        rejectedWith(new CommitmentParameters(9, 2, 97, 0, STRONG.levels(), 4, 40), "open/merkle", "format/canonical");
    }

    @Test
    void levelsInAnotherOrder() {
        Level first = STRONG.levels().get(0);
        Level second = STRONG.levels().get(1);
        rejectedWith(new CommitmentParameters(9, 1, 97, 0, List.of(second, first), 4, 40), "open/merkle",
                "format/canonical", "format/truncated");
        rejectedWith(new CommitmentParameters(9, 1, 97, 0, List.of(new Level(3, 2, 60, 0)), 4, 40), "open/merkle",
                "format/canonical",
                "format/truncated");
        rejectedWith(new CommitmentParameters(9, 1, 97, 0, List.of(first, new Level(1, 2, 49, 0)), 4, 40),
                "open/merkle", "format/truncated");
    }

    @Test
    void fewerQueries() {
        rejectedWith(new CommitmentParameters(9, 1, 90, 0, STRONG.levels(), 4, 40), "open/merkle", "format/canonical",
                "format/truncated");
    }

    /// With more positions drawn than there are columns, some are drawn twice; they are opened once, and a column more
    /// is no proof.
    @Test
    void repeatedPositionsAreOpenedOnce() throws Rejection {
        CommitmentParameters many = CommitmentParameters.of(6, 60, 0, 4);
        try (OpeningFixture small = new OpeningFixture(many, SEED)) {
            byte[] good = small.prove(1);
            small.verify(good);
            assertThat(many.queries(0)).as("queries into %d columns", 1 << many.codeBits(0))
                    .isGreaterThan(1 << many.codeBits(0) - 1);
            int rows = small.witnessLayout.rows();
            int variables = 6 + 32 - Integer.numberOfLeadingZeros(rows + small.keyLayout.rows() - 1);
            VerifierChannel channel = new VerifierChannel(
                    small.transcript(small.witness.root(), small.key.root(), small.claims), good);
            channel.challenge(OpeningTags.GAMMA);
            for (int i = 0; i < variables; i++) {
                channel.receive(OpeningTags.BATCH, 2);
                channel.challenge(OpeningTags.BATCH);
            }
            channel.receive(OpeningTags.VALUE, 1);
            channel.receive(OpeningTags.CLEAR, 1 << 6);
            channel.checkWork("grind", OpeningTags.GRIND, many.grindingBits(0));
            int opened = QueryPositions.draw(channel, many, 0).length;
            int first = variables * 32 + 16 + (16 << 6) + 8;
            int[] words = channel.hintWords(OpeningTags.COLUMNS, (long) rows * opened);
            int[] more = Arrays.copyOf(words, rows + words.length);
            System.arraycopy(words, 0, more, rows, words.length);
            ByteArrayOutputStream forged = new ByteArrayOutputStream();
            forged.write(good, 0, first);
            forged.writeBytes(PackedWords.pack(more));
            int after = first + PackedWords.pack(words).length;
            forged.write(good, after, good.length - after);
            byte[] twice = forged.toByteArray();
            assertThatThrownBy(() -> small.verify(twice))
                    .isInstanceOfSatisfying(Rejection.class, r -> assertThat(r.check()).isEqualTo("open/merkle"));
        }
    }

    /// Offset of the first opened column of level 0: batching rounds, F(r), the first ladder root, a nonce.
    private static int firstColumn() {
        int rows = fixture.witnessLayout.rows() + fixture.keyLayout.rows();
        int variables = 9 + 32 - Integer.numberOfLeadingZeros(rows - 1);
        return variables * 32 + 16 + MerkleProof.NODE_BYTES + 8;
    }

    @Test
    void truncatedOrExtended() {
        for (int length = 0; length < proof.length; length += 1 + length / 7) {
            byte[] cut = Arrays.copyOf(proof, length);
            assertRejectedAtAll(cut, "length " + length);
        }
        assertRejected("format/truncated", Arrays.copyOf(proof, proof.length - 1), fixture.claims);
        assertRejected("format/trailing", Arrays.copyOf(proof, proof.length + 1), fixture.claims);
    }

    private static void assertRejectedAtAll(byte[] forged, String what) {
        assertThat(catchThrowable(() -> fixture.verify(forged))).as(what).isInstanceOf(Rejection.class);
    }

    @Test
    void anyFlippedBit() throws Rejection {
        CommitmentParameters few = new CommitmentParameters(8, 1, 5, 3, List.of(new Level(1, 2, 4, 3),
                new Level(2, 3, 3, 3)), 4, 5);
        SplittableRandom random = new SplittableRandom(SEED);
        try (OpeningFixture small = new OpeningFixture(few, SEED)) {
            byte[] good = small.prove(1);
            small.verify(good);
            for (int word = 0; word < good.length / 4; word++) {
                int bit = random.nextInt(32);
                byte[] bad = good.clone();
                bad[4 * word + bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(catchThrowable(() -> small.verify(bad)))
                        .as("word %d of %d, bit %d, seed %d", word, good.length / 4, bit, SEED)
                        .isInstanceOf(Rejection.class);
            }
        }
    }

    @Test
    void shortNonce() throws Rejection {
        CommitmentParameters ground = CommitmentParameters.of(6, 20, 12, 4);
        try (OpeningFixture small = new OpeningFixture(ground, SEED)) {
            byte[] good = small.prove(1);
            small.verify(good);
            int rows = small.witnessLayout.rows() + small.keyLayout.rows();
            int variables = 6 + 32 - Integer.numberOfLeadingZeros(rows - 1);
            int nonce = variables * 32 + 16 + (16 << 6);
            byte[] bad = good.clone();
            bad[nonce] ^= 1;
            assertThatThrownBy(() -> small.verify(bad))
                    .isInstanceOfSatisfying(Rejection.class, r -> assertThat(r.check()).startsWith("grind/"));
        }
    }

    @Test
    void columnsInAnotherOrderAreAnotherLayout() {
        List<Column> columns = new ArrayList<>(fixture.witnessLayout.columns());
        Collections.swap(columns, 0, 1);
        MatrixLayout other = MatrixLayout.of(columns, 9);
        VerifierChannel channel = new VerifierChannel(
                fixture.transcript(fixture.witness.root(), fixture.key.root(), fixture.claims), proof);
        assertThatThrownBy(() -> OpeningVerifier.verify(channel, STRONG,
                new AddressSpace(other, fixture.keyLayout), fixture.witness.root(), fixture.key.root(), fixture.claims))
                .isInstanceOf(Rejection.class);
    }
}
