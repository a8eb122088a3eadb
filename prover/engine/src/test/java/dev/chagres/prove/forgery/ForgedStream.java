package dev.chagres.prove.forgery;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.field.QM31;
import dev.chagres.graph.DeferredReduction;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Kept;
import dev.chagres.graph.SectionReduction;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.OpeningProver;
import dev.chagres.prove.commit.TamperedRows;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Claim;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.verify.PublicInput;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The proof stream of a dishonest prover, as [dev.chagres.prove.run.GraphProver] would make it. Sections and opening
/// are made apart, and so are the tree of tables and the stage after the join: a verifier reads from front to back, so
/// that a proof that it rejects early need not be made to the end.
public final class ForgedStream implements AutoCloseable {
    private final Graph graph;
    private final CommitmentParameters parameters;
    private final MatrixCommitment key;
    private final PublicInput input;
    private final Witness witness;
    private final Moves moves;
    private final MatrixCommitment commitment;
    private final List<Claim> claims = new ArrayList<>();
    private final List<ProverChannel> forks = new ArrayList<>();
    private final List<List<Kept>> kept = new ArrayList<>();
    private final byte[] root;
    private final byte[] sections;
    private LookupChallenges challenges;
    private ProverChannel beforeTables;
    private byte[] rest;

    /// Makes everything up to the tree of tables.
    ///
    /// @param witness complete, multiplicities included
    public ForgedStream(Graph graph, CommitmentParameters parameters, MatrixCommitment key, PublicInput input,
            Witness witness, Moves moves) {
        this.graph = graph;
        this.parameters = parameters;
        this.key = key;
        this.input = input;
        this.witness = witness;
        this.moves = moves;
        MatrixLayout layout = MatrixLayout.of(moves.columns(graph.witnessColumns()), parameters.k());
        TileSource values = moves.committed(witness.source(TestHosts.of(1).field()));
        this.commitment = moves.tampering()
                .map(rows -> TamperedRows.commit(parameters, layout, values, rows, TestHosts.of(1)))
                .orElseGet(() -> MatrixCommitment.commit(parameters, layout, values, TestHosts.of(1)));
        this.root = moves.message(-1, "witness", commitment.root());
        this.sections = prove();
    }

    /// The common channel after the work before the lookup challenge.
    private ProverChannel start() {
        Transcript transcript = Transcript.start(PublicInput.PROTOCOL);
        transcript.absorb("key", input.keyDigest());
        transcript.absorb("statement", input.statement());
        ProverChannel channel = new ProverChannel(transcript, (tag, data) ->
                tag.equals("witness") ? data : moves.message(-1, tag, data));
        channel.send("witness", root);
        channel.grind("lookup", parameters.lookupGrindingBits());
        return channel;
    }

    private byte[] prove() {
        ProverChannel channel = start();
        challenges = LookupChallenges.draw(channel);
        ByteArrayOutputStream proof = new ByteArrayOutputStream();
        proof.writeBytes(channel.bytes());
        for (int i = 0; i < graph.sections().size(); i++) {
            int number = i;
            proof.writeBytes(fork(channel, i, party -> kept.add(
                    SectionReduction.lookups(party, graph.sections().get(number), challenges).kept())));
        }
        beforeTables = channel;
        return proof.toByteArray();
    }

    private interface Reduction {
        void run(DishonestParty party) throws Rejection;
    }

    private byte[] fork(ProverChannel channel, int number, Reduction reduction) {
        ProverChannel fork = new ProverChannel(channel.transcript().fork(number),
                (tag, data) -> moves.message(number, tag, data));
        moves.forked(number, channel.transcript().fork(number));
        forks.add(fork);
        try {
            reduction.run(new DishonestParty(fork, witness, moves, claims));
        } catch (Rejection impossible) {
            throw new IllegalStateException("a dishonest prover rejects nothing", impossible);
        }
        return fork.bytes();
    }

    /// The stream up to the tree of tables.
    public byte[] sections() {
        return sections.clone();
    }

    /// The stream up to the opening.
    public byte[] beforeOpening() {
        if (rest == null) {
            int number = graph.sections().size();
            byte[] tables = fork(beforeTables, number,
                    party -> SectionReduction.tables(party, graph.tables(), challenges));
            forks.forEach(f -> beforeTables.absorb("fork", f.transcript().state()));
            rest = concatenate(tables, fork(beforeTables, number + 1,
                    party -> DeferredReduction.reduce(party, graph, kept)));
        }
        return concatenate(sections, rest);
    }

    private static byte[] concatenate(byte[] a, byte[] b) {
        byte[] result = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, result, a.length, b.length);
        return result;
    }

    /// The claims that the opening has to prove, true or not.
    public List<Claim> claims() {
        beforeOpening();
        return List.copyOf(claims);
    }

    /// The whole stream.
    public byte[] whole() {
        return whole(claims());
    }

    /// The whole stream with an opening of other claims.
    public byte[] whole(List<Claim> opened) {
        byte[] before = beforeOpening();
        ProverChannel channel = start();
        LookupChallenges.draw(channel);
        forks.forEach(f -> channel.absorb("fork", f.transcript().state()));
        int start = channel.bytes().length;
        MatrixCommitment weights = key.view(MatrixLayout.of(graph.keyColumns(), parameters.k()));
        OpeningProver.open(TestHosts.of(1), channel, parameters, commitment, weights,
                moves.opened(witness.source(TestHosts.of(1).field())), opened, false);
        byte[] all = channel.bytes();
        return concatenate(before, Arrays.copyOfRange(all, start, all.length));
    }

    @Override
    public void close() {
        commitment.close();
    }
}
