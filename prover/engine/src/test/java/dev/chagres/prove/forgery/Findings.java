package dev.chagres.prove.forgery;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MerkleProof;
import dev.chagres.commit.OpeningTags;
import dev.chagres.commit.QueryPositions;
import dev.chagres.field.QM31;
import dev.chagres.graph.DeferredReduction;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Kept;
import dev.chagres.graph.SectionParty;
import dev.chagres.graph.SectionReduction;
import dev.chagres.graph.SectionReduction.Fraction;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.Factor;
import dev.chagres.poly.Point;
import dev.chagres.poly.PublicFactor;
import dev.chagres.poly.Ring;
import dev.chagres.poly.Statement;
import dev.chagres.relation.PrivateValue;
import dev.chagres.sumcheck.RoundPolynomial;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.transcript.VerifierChannel;
import dev.chagres.verify.PublicInput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A verifier that goes on after a failed check and lists all that fail before the opening, by name. The verifier stops
/// at the first; a forgery that is meant to break one relation must not be caught by another one that the forger forgot
/// to satisfy.
public final class Findings implements SectionParty {
    private final VerifierChannel channel;
    private final List<String> failed;
    private String last = "";

    private Findings(VerifierChannel channel, List<String> failed) {
        this.channel = channel;
        this.failed = failed;
    }

    /// Everything that fails in a stream: tags of sumchecks, checks of trees and leaves with their section, checks of
    /// row sums with their operation, `lookup/balance`.
    ///
    /// @param stream a proof stream, or its part before the opening
    public static List<String> of(Graph graph, CommitmentParameters parameters, PublicInput input, byte[] stream) {
        List<String> failed = new ArrayList<>();
        try {
            walk(graph, parameters, input, stream, failed);
        } catch (Rejection r) {
            failed.add(r.check());
        }
        return failed;
    }

    /// The positions at which the matrices are opened.
    ///
    /// @param stream of a proof with a ladder, whatever its messages say
    public static int[] positions(Graph graph, CommitmentParameters parameters, PublicInput input, byte[] stream)
            throws Rejection {
        VerifierChannel channel = walk(graph, parameters, input, stream, new ArrayList<>());
        AddressSpace space = new AddressSpace(MatrixLayout.of(graph.witnessColumns(), parameters.k()),
                MatrixLayout.of(graph.keyColumns(), parameters.k()));
        channel.challenge(OpeningTags.GAMMA);
        for (int i = 0; i < space.variables(); i++) {
            channel.receive(OpeningTags.BATCH, 2);
            channel.challenge(OpeningTags.BATCH);
        }
        channel.receive(OpeningTags.VALUE, 1);
        channel.receiveBytes(OpeningTags.ROOT, MerkleProof.NODE_BYTES);
        channel.checkWork("grind/query", OpeningTags.GRIND, parameters.grindingBits(0));
        return QueryPositions.draw(channel, parameters, 0);
    }

    /// @return the channel before the opening
    private static VerifierChannel walk(Graph graph, CommitmentParameters parameters, PublicInput input, byte[] stream,
            List<String> failed) throws Rejection {
        Transcript transcript = Transcript.start(PublicInput.PROTOCOL);
        transcript.absorb("key", input.keyDigest());
        transcript.absorb("statement", input.statement());
        VerifierChannel channel = new VerifierChannel(transcript, stream);
        channel.receiveBytes("witness", MerkleProof.NODE_BYTES);
        channel.checkWork("grind/lookup", "lookup", parameters.lookupGrindingBits());
        LookupChallenges challenges = LookupChallenges.draw(channel);
        List<Fraction> lookups = new ArrayList<>();
        List<List<Kept>> kept = new ArrayList<>();
        List<Transcript> forks = new ArrayList<>();
        int sections = graph.sections().size();
        for (int i = 0; i < sections; i++) {
            Findings role = new Findings(channel.fork(i), failed);
            forks.add(role.channel.transcript());
            role.last = graph.sections().get(i).name();
            SectionReduction.Reduced section = SectionReduction.lookups(role, graph.sections().get(i), challenges);
            lookups.add(section.fraction());
            kept.add(section.kept());
        }
        Findings role = new Findings(channel.fork(sections), failed);
        forks.add(role.channel.transcript());
        role.last = "tables";
        if (!SectionReduction.balanced(lookups, SectionReduction.tables(role, graph.tables(), challenges))) {
            failed.add("lookup/balance");
        }
        forks.forEach(f -> channel.absorb("fork", f.state()));
        Findings deferred = new Findings(channel.fork(sections + 1), failed);
        DeferredReduction.reduce(deferred, graph, kept);
        channel.absorb("fork", deferred.channel.transcript().state());
        return channel;
    }

    @Override
    public QM31 challenge(String tag) {
        last = tag;
        return channel.challenge(tag);
    }

    @Override
    public QM31[] challenges(String tag, int n) {
        last = tag;
        return channel.challenges(tag, n);
    }

    @Override
    public PrivateValue open(Column column, TilePoint at) throws Rejection {
        return channel.receive("open", 1)[0];
    }

    @Override
    public void claim(Column column, TilePoint at, QM31 value) {
        // Claims are the opening's.
    }

    @Override
    public PrivateValue virtual(VirtualTensor tensor, TilePoint at) throws Rejection {
        return channel.receive("virtual", 1)[0];
    }

    @Override
    public SumcheckResult sumcheck(String tag, Statement statement, PrivateValue claim) throws Rejection {
        QM31[] flat = new QM31[statement.bits()];
        PrivateValue running = claim;
        for (int i = flat.length - 1; i >= 0; i--) {
            PrivateValue[] sent = channel.receive(tag + "/round", statement.degree(i));
            flat[i] = channel.challenge(tag + "/challenge");
            running = RoundPolynomial.evaluate(RoundPolynomial.complete(sent, running), flat[i]);
        }
        Point end = Point.split(statement.variables(), flat);
        Map<Factor, PrivateValue> values = new HashMap<>();
        Map<DerivedFactor, PrivateValue> derived = new HashMap<>();
        for (Factor f : statement.expression().factors()) {
            PrivateValue value = f instanceof PublicFactor p
                    ? PrivateValue.known(p.evaluate(end)) : channel.receive(tag + "/value", 1)[0];
            if (f instanceof DerivedFactor d) {
                derived.put(d, value);
            }
            values.put(f, value);
        }
        if (!statement.expression().evaluate(values::get, Ring.PRIVATE).equals(running)) {
            failed.add(tag);
        }
        return new SumcheckResult(end, derived);
    }

    @Override
    public void require(String check, PrivateValue actual, PrivateValue expected) {
        if (!actual.equals(expected)) {
            failed.add(check + " of " + last);
        }
    }

    @Override
    public FractionTreeVerifier.Result lookupTree(
            List<Lookup> segments, TreeLayout layout, LookupChallenges challenges) throws Rejection {
        return FractionTreeVerifier.verify(channel, layout.bits());
    }

    @Override
    public FractionTreeVerifier.Result tableTree(List<Table> tables, TreeLayout layout, LookupChallenges challenges)
            throws Rejection {
        return FractionTreeVerifier.verify(channel, layout.bits());
    }
}
