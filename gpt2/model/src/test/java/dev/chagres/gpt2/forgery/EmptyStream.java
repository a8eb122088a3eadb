package dev.chagres.gpt2.forgery;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.BatchedClaims;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MerkleProof;
import dev.chagres.commit.OpeningTags;
import dev.chagres.commit.QuadraticRound;
import dev.chagres.commit.QueryPositions;
import dev.chagres.field.QM31;
import dev.chagres.graph.DeferredReduction;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Kept;
import dev.chagres.graph.SectionParty;
import dev.chagres.graph.SectionReduction;
import dev.chagres.lookup.FractionTreeVerifier.Result;
import dev.chagres.lookup.LeafPoint;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.Factor;
import dev.chagres.poly.Point;
import dev.chagres.poly.PublicFactor;
import dev.chagres.poly.Statement;
import dev.chagres.relation.PrivateValue;
import dev.chagres.sumcheck.RoundPolynomial;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.verify.PublicInput;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The proof stream of someone without model and witness: messages are 0, or what the next check of the verifier asks
/// for. It costs about as much as verifying and passes every check before the first opened columns of the key.
final class EmptyStream implements SectionParty {
    private final DecoderSpec spec;
    private final List<Claim> claims;
    private final ProverChannel channel;
    /// Openings and virtual values until the one that makes the leaf denominator right, and that value.
    private int until = -1;
    private QM31 right;

    private EmptyStream(DecoderSpec spec, List<Claim> claims, ProverChannel channel) {
        this.spec = spec;
        this.claims = claims;
        this.channel = channel;
    }

    /// The stream up to the first opened columns.
    static byte[] of(DecoderSpec spec, Graph graph, CommitmentParameters parameters, PublicInput input) {
        AddressSpace space = new AddressSpace(MatrixLayout.of(graph.witnessColumns(), parameters.k()),
                MatrixLayout.of(graph.keyColumns(), parameters.k()));
        Transcript transcript = Transcript.start(PublicInput.PROTOCOL);
        transcript.absorb("key", input.keyDigest());
        transcript.absorb("statement", input.statement());
        ProverChannel channel = new ProverChannel(transcript);
        byte[][] zeros = zeroTree(space.witness().rows(), parameters.codeBits(0));
        channel.send("witness", zeros[parameters.codeBits(0)]);
        channel.grind("lookup", parameters.lookupGrindingBits());
        LookupChallenges challenges = LookupChallenges.draw(channel);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(channel.bytes());
        int before = channel.bytes().length;
        List<Claim> claims = new ArrayList<>();
        List<Transcript> forks = new ArrayList<>();
        List<List<Kept>> kept = new ArrayList<>();
        try {
            for (int i = 0; i <= graph.sections().size(); i++) {
                ProverChannel fork = new ProverChannel(transcript.fork(i));
                EmptyStream role = new EmptyStream(spec, claims, fork);
                if (i < graph.sections().size()) {
                    kept.add(SectionReduction.lookups(role, graph.sections().get(i), challenges).kept());
                } else {
                    SectionReduction.tables(role, graph.tables(), challenges);
                }
                stream.writeBytes(fork.bytes());
                forks.add(fork.transcript());
            }
            forks.forEach(f -> channel.absorb("fork", f.state()));
            ProverChannel joined = new ProverChannel(transcript.fork(graph.sections().size() + 1));
            DeferredReduction.reduce(new EmptyStream(spec, claims, joined), graph, kept);
            stream.writeBytes(joined.bytes());
            channel.absorb("fork", joined.transcript().state());
        } catch (Rejection e) {
            throw new IllegalStateException(e);
        }
        open(channel, parameters, space, claims, zeros);
        byte[] all = channel.bytes();
        stream.write(all, before, all.length - before);
        return stream.toByteArray();
    }

    /// The nodes of a tree over columns of zeros, by height.
    private static byte[][] zeroTree(int rows, int depth) {
        byte[][] digests = new byte[depth + 1][];
        digests[0] = MerkleProof.leaf(new byte[4 * rows]);
        for (int i = 0; i < depth; i++) {
            byte[] pair = Arrays.copyOf(digests[i], 2 * MerkleProof.NODE_BYTES);
            System.arraycopy(digests[i], 0, pair, MerkleProof.NODE_BYTES, MerkleProof.NODE_BYTES);
            digests[i + 1] = MerkleProof.node(pair);
        }
        return digests;
    }

    private static void open(ProverChannel channel, CommitmentParameters parameters, AddressSpace space,
            List<Claim> claims, byte[][] zeros) {
        BatchedClaims batch = BatchedClaims.of(space, claims, channel.challenge(OpeningTags.GAMMA));
        int head = parameters.headBits();
        QM31[] r = new QM31[space.variables()];
        QM31 running = batch.value().number();
        for (int round = 0; round < r.length; round++) {
            channel.send(OpeningTags.BATCH, QM31.ZERO, QM31.ZERO);
            QM31 x = channel.challenge(OpeningTags.BATCH);
            running = QuadraticRound.next(running, QM31.ZERO, QM31.ZERO, x);
            r[round < head ? head - 1 - round : r.length - 1 - (round - head)] = x;
        }
        channel.send(OpeningTags.VALUE, running.mul(batch.weightAt(r).inv()));
        channel.send(OpeningTags.ROOT, new byte[MerkleProof.NODE_BYTES]);
        channel.grind(OpeningTags.GRIND, parameters.grindingBits(0));
        int[] positions = QueryPositions.draw(channel, parameters, 0);
        int depth = parameters.codeBits(0);
        int[] siblings = MerkleProof.siblings(depth, positions);
        for (MatrixLayout layout : List.of(space.witness(), space.key())) {
            channel.hintWords(new int[layout.rows() * positions.length]);
            for (int node : siblings) {
                channel.hint(zeros[depth - (31 - Integer.numberOfLeadingZeros(node))]);
            }
        }
    }

    @Override
    public QM31 challenge(String tag) {
        return channel.challenge(tag);
    }

    @Override
    public QM31[] challenges(String tag, int n) {
        return channel.challenges(tag, n);
    }

    @Override
    public PrivateValue open(Column column, TilePoint at) {
        QM31 value = next();
        if (column.tree() == Column.Tree.WITNESS && until < 0) {
            if (column.name().endsWith(".weight")) {
                value = rows(column.shape(), at.weights()).mul(spec.exponential().largestSum());
            } else if (column.name().endsWith(".before")) {
                value = rows(column.shape(), at.weights()).mul(spec.exponential().largestSum() + 1);
            }
        }
        channel.send("open", value);
        claims.add(new Claim(column, at, value));
        return PrivateValue.known(value);
    }

    /// Sum of the weights of the rows whose sums the weights of their score tiles give.
    private static QM31 rows(Shape scores, QM31[] weights) {
        QM31 sum = QM31.ZERO;
        for (int t = 0; t < weights.length; t++) {
            if (scores.tile(t)[1] == 0) {
                sum = sum.add(weights[t]);
            }
        }
        return sum.mul(QM31.of(1 << scores.axis("row'").bits()).inv());
    }

    private QM31 next() {
        QM31 value = until == 0 ? right : QM31.ZERO;
        until = Math.max(-1, until - 1);
        return value;
    }

    @Override
    public void claim(Column column, TilePoint at, QM31 value) {
        claims.add(new Claim(column, at, value));
    }

    @Override
    public PrivateValue virtual(VirtualTensor tensor, TilePoint at) {
        QM31 value = next();
        channel.send("virtual", value);
        return PrivateValue.known(value);
    }

    @Override
    public void require(String check, PrivateValue actual, PrivateValue expected) {
        if (!actual.equals(expected)) {
            throw new IllegalStateException("the empty stream fails " + check);
        }
    }

    @Override
    public SumcheckResult sumcheck(String tag, Statement statement, PrivateValue claim) {
        QM31[] flat = new QM31[statement.bits()];
        QM31 running = claim.number();
        for (int i = flat.length - 1; i >= 0; i--) {
            QM31[] sent = zeros(statement.degree(i));
            channel.send(tag + "/round", sent);
            flat[i] = channel.challenge(tag + "/challenge");
            running = RoundPolynomial.evaluate(RoundPolynomial.complete(
                    PrivateValue.known(sent), PrivateValue.known(running)), flat[i]).number();
        }
        Point end = Point.split(statement.variables(), flat);
        Map<Factor, QM31> values = new HashMap<>();
        for (Factor f : statement.expression().factors()) {
            values.put(f, f instanceof PublicFactor p ? p.evaluate(end) : QM31.ONE);
        }
        solve(statement.expression(), values, running);
        Map<DerivedFactor, PrivateValue> derived = new HashMap<>();
        for (Factor f : statement.expression().factors()) {
            QM31 value = values.get(f);
            switch (f) {
                case ColumnFactor c -> {
                    channel.send(tag + "/value", value);
                    claims.add(c.claim(end, PrivateValue.known(value)));
                }
                case DerivedFactor d -> {
                    channel.send(tag + "/value", value);
                    derived.put(d, PrivateValue.known(value));
                }
                case PublicFactor _ -> { }
            }
        }
        return new SumcheckResult(end, derived);
    }

    /// Chooses one private value, in which the expression is linear, so that the last check holds.
    private static void solve(Expression e, Map<Factor, QM31> values, QM31 result) {
        for (Factor f : e.factors()) {
            if (f instanceof PublicFactor) {
                continue;
            }
            QM31 old = values.put(f, QM31.ZERO);
            QM31 constant = e.evaluate(values::get);
            values.put(f, QM31.ONE);
            QM31 slope = e.evaluate(values::get).sub(constant);
            if (!slope.isZero()) {
                values.put(f, result.sub(constant).mul(slope.inv()));
                if (e.evaluate(values::get).equals(result)) {
                    return;
                }
            }
            values.put(f, old);
        }
        throw new IllegalStateException("a last check is linear in no value");
    }

    private static QM31[] zeros(int n) {
        QM31[] zeros = new QM31[n];
        Arrays.fill(zeros, QM31.ZERO);
        return zeros;
    }

    private interface Numerator {
        QM31 at(QM31[] leafPoint);
    }

    /// A tree with root 0/1 whose leaf numerator is the one that the verifier computes.
    private Result tree(int bits, Numerator numerator) {
        channel.send("tree/root", QM31.ZERO, QM31.ONE);
        QM31 p = QM31.ZERO;
        QM31 q = QM31.ONE;
        QM31[] r = new QM31[0];
        for (int m = 0; m < bits; m++) {
            QM31[] at = new QM31[m + 1];
            QM31 p0 = QM31.ZERO;
            QM31 p1 = QM31.ZERO;
            QM31 q1 = QM31.ONE;
            if (m > 0) {
                QM31 lambda = channel.challenge("tree/lambda");
                QM31 claim = p.add(lambda.mul(q));
                for (int i = m - 1; i >= 0; i--) {
                    channel.send("tree/round", QM31.ZERO, QM31.ZERO);
                    at[i] = channel.challenge("tree/challenge");
                    claim = claim.mul(r[i].inv()).mul(at[i]);
                }
                if (m == bits - 1) {
                    at[m] = QM31.ZERO;
                    p0 = numerator.at(at);
                    at[m] = QM31.ONE;
                    p1 = numerator.at(at);
                }
                // p0 q1 + p1 q0 + lambda q0 q1 = claim with q0 = 1
                q1 = claim.sub(p1).mul(p0.add(lambda).inv());
            }
            channel.send("tree/children", p0, p1, QM31.ONE, q1);
            at[m] = channel.challenge("tree/merge");
            p = p0.add(at[m].mul(p1.sub(p0)));
            q = QM31.ONE.add(at[m].mul(q1.sub(QM31.ONE)));
            r = at;
        }
        return Result.known(QM31.ZERO, QM31.ONE, r, p, q);
    }

    @Override
    public Result lookupTree(List<Lookup> segments, TreeLayout layout, LookupChallenges challenges) {
        Result tree = tree(layout.bits(), at -> {
            LeafPoint leaf = layout.at(at);
            QM31 sum = QM31.ZERO;
            for (int s = 0; s < segments.size(); s++) {
                sum = sum.add(leaf.of(s).total());
            }
            return sum;
        });
        LeafPoint leaf = layout.at(tree.point());
        QM31 denominator = QM31.ONE;
        int values = 0;
        for (int s = 0; s < segments.size(); s++) {
            QM31 total = leaf.of(s).total();
            denominator = denominator.add(challenges.base(segments.get(s).table()).sub(QM31.ONE).mul(total));
            List<TupleComponent> components = segments.get(s).components();
            for (int i = 0; i < components.size(); i++) {
                if (components.get(i) instanceof TupleComponent.Linear l) {
                    denominator = denominator.sub(challenges.powers()[i].mul(QM31.embed(l.offset()).mul(total)));
                    values += l.terms().size();
                } else {
                    values++;
                }
            }
        }
        // The last component of every section stands for itself, in a table of one column.
        until = values - 1;
        right = denominator.sub(tree.denominator().number());
        return tree;
    }

    @Override
    public Result tableTree(List<Table> tables, TreeLayout layout, LookupChallenges challenges) {
        Result tree = tree(layout.bits(), _ -> QM31.ZERO);
        LeafPoint leaf = layout.at(tree.point());
        QM31 denominator = QM31.ONE;
        QM31 factor = QM31.ZERO;
        int opened = 0;
        for (int s = 0; s < tables.size(); s++) {
            Table table = tables.get(s);
            TilePoint at = leaf.of(s);
            denominator = denominator.add(challenges.base(table).sub(QM31.ONE).mul(at.total()));
            opened++;
            for (int i = 0; i < table.columns().size(); i++) {
                if (table.columns().get(i) instanceof TablePolynomial.Key) {
                    until = opened++;
                    factor = challenges.powers()[i];
                } else {
                    QM31 value = table.columns().get(i).evaluate(at.low(), at.weights(), table.starts());
                    denominator = denominator.sub(challenges.powers()[i].mul(value));
                }
            }
        }
        right = denominator.sub(tree.denominator().number()).mul(factor.inv());
        return tree;
    }
}
