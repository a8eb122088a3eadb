package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.OpeningVerifier;
import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.transcript.VerifierChannel;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/// A small instance: columns of many shapes in both trees, random values, claims with general weights.
final class OpeningFixture implements AutoCloseable {
    final CommitmentParameters parameters;
    final long seed;
    final MatrixLayout witnessLayout;
    final MatrixLayout keyLayout;
    final Map<Column, HostTensor> data = new HashMap<>();
    final List<Claim> claims = new ArrayList<>();
    final MatrixCommitment witness;
    final MatrixCommitment key;
    private final Arena arena = Arena.ofShared();
    private final SplittableRandom random;

    OpeningFixture(CommitmentParameters parameters, long seed) {
        this(parameters, seed, 1);
    }

    OpeningFixture(CommitmentParameters parameters, long seed, int threads) {
        this(parameters, seed, threads, UnaryOperator.identity());
    }

    /// @param tampering makes the rows of the witness from the honest ones
    OpeningFixture(CommitmentParameters parameters, long seed, int threads, UnaryOperator<RowEncoder> tampering) {
        this.parameters = parameters;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        int k = parameters.k();
        List<Column> w = List.of(
                column("plain", Column.Tree.WITNESS, Shape.of(Axis.low("t", 7), Axis.high("c", 3))),
                column("tiny", Column.Tree.WITNESS, Shape.of(Axis.low("t", 4), Axis.high("c", 5))),
                column("causal", Column.Tree.WITNESS, Shape.causal("i", "j", Axis.low("a", 3), Axis.low("b", 3),
                        Axis.high("head", 2), Axis.high("i", 3), Axis.high("j", 3))),
                column("large", Column.Tree.WITNESS, Shape.of(Axis.low("x", k + 2), Axis.high("c", 1))),
                column("row", Column.Tree.WITNESS, Shape.of(Axis.low("x", k))));
        List<Column> y = List.of(
                column("weights", Column.Tree.KEY, Shape.of(Axis.low("t", 6), Axis.high("o", 2), Axis.high("i", 3))),
                column("scalar", Column.Tree.KEY, Shape.of(Axis.high("o", 2))),
                column("split", Column.Tree.KEY, Shape.of(Axis.low("x", k + 1), Axis.high("o", 3))));
        for (List<Column> columns : List.of(w, y)) {
            for (Column c : columns) {
                addClaims(c);
            }
        }
        witnessLayout = MatrixLayout.of(w, k);
        keyLayout = MatrixLayout.of(y, k);
        TileSource source = new TensorSource(Map.copyOf(data)::get);
        RowEncoder rows = MatrixCommitment.encoder(parameters, witnessLayout, source, TestHosts.of(threads));
        witness = MatrixCommitment.commit(parameters, witnessLayout, tampering.apply(rows), TestHosts.of(threads));
        key = MatrixCommitment.commit(parameters, keyLayout, source, TestHosts.of(threads));
    }

    /// Values of the columns as the opening sees them; the commitments keep those of the start.
    TileSource source() {
        return new TensorSource(data::get);
    }

    /// Gives the opening its own copy of a column, to be altered after the commitment.
    void detach(Column c) {
        HostTensor committed = data.get(c);
        HostTensor copy = new HostTensor(arena.allocate(committed.data().byteSize(), 64), committed.width());
        copy.data().copyFrom(committed.data());
        data.put(c, copy);
    }

    private Column column(String name, Column.Tree tree, Shape shape) {
        Column c = new Column(name, shape, tree);
        int width = random.nextBoolean() ? 16 : 32;
        HostTensor t = new HostTensor(arena.allocate(shape.size() * width / 8, 64), width);
        for (long i = 0; i < t.size(); i++) {
            t.set(i, width == 16 ? (short) random.nextInt() : random.nextInt() >> 1);
        }
        data.put(c, t);
        return c;
    }

    private void addClaims(Column c) {
        QM31[] low = elements(c.shape().lowBits());
        QM31[] weights = elements(c.shape().tileCount());
        claims.add(claim(c, low, weights));
        QM31[] sparse = elements(c.shape().tileCount());
        Arrays.fill(sparse, 0, (sparse.length + 1) / 2, QM31.ZERO);
        claims.add(claim(c, low, sparse));
        claims.add(claim(c, elements(c.shape().lowBits()), elements(c.shape().tileCount())));
    }

    /// The true claim, by the definition.
    Claim claim(Column c, QM31[] low, QM31[] weights) {
        QM31[] eq = Eq.table(low);
        QM31 value = QM31.ZERO;
        for (int t = 0; t < weights.length; t++) {
            QM31 inner = QM31.ZERO;
            for (int x = 0; x < eq.length; x++) {
                inner = inner.add(eq[x].mul(QM31.embed(data.get(c).get((long) t * eq.length + x))));
            }
            value = value.add(weights[t].mul(inner));
        }
        return new Claim(c, low, weights, value);
    }

    QM31[] elements(int n) {
        QM31[] e = new QM31[n];
        Arrays.setAll(e, i -> element());
        return e;
    }

    QM31 element() {
        return new QM31(word(), word(), word(), word());
    }

    private int word() {
        return random.nextInt(M31.P);
    }

    Transcript transcript(byte[] witnessRoot, byte[] keyRoot, List<Claim> stated) {
        Transcript t = Transcript.start("opening test");
        t.absorb("parameters", parameters.toBytes());
        t.absorb("witness", witnessRoot);
        t.absorb("key", keyRoot);
        for (Claim c : stated) {
            t.absorb("value", c.value().number());
        }
        return t;
    }

    byte[] prove(int threads) {
        return prove(witness, source(), claims, threads, true);
    }

    byte[] prove(MatrixCommitment committed, TileSource source, List<Claim> stated, int threads, boolean checked) {
        ProverChannel channel = new ProverChannel(transcript(committed.root(), key.root(), stated));
        OpeningProver.open(TestHosts.of(threads), channel, parameters, committed, key, source, stated, checked);
        return channel.bytes();
    }

    void verify(byte[] proof) throws Rejection {
        verify(proof, witness.root(), key.root(), claims);
    }

    void verify(byte[] proof, byte[] witnessRoot, byte[] keyRoot, List<Claim> stated) throws Rejection {
        VerifierChannel channel = new VerifierChannel(transcript(witnessRoot, keyRoot, stated), proof);
        OpeningVerifier.verify(channel, parameters, new AddressSpace(witnessLayout, keyLayout), witnessRoot, keyRoot,
                stated);
        channel.finish("opening");
    }

    @Override
    public void close() {
        witness.close();
        key.close();
        arena.close();
    }
}
