package dev.chagres.gpt2.forgery;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.graph.Graph;
import dev.chagres.graph.SectionReduction;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.prove.Witness;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.OpeningProver;
import dev.chagres.tensor.Claim;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.verify.PublicInput;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The proof stream of a dishonest prover, as [dev.chagres.prove.GraphProver] would make it. Sections and opening are made
/// apart: a verifier reads from front to back, so that a proof rejected before its opening needs none.
final class ForgedStream implements AutoCloseable {
    private final Graph graph;
    private final CommitmentParameters parameters;
    private final MatrixCommitment key;
    private final PublicInput input;
    private final Witness witness;
    private final Moves moves;
    private final MatrixCommitment commitment;
    private final List<Claim> claims = new ArrayList<>();
    private final List<ProverChannel> forks = new ArrayList<>();
    private final byte[] sections;

    /// Makes everything up to the opening.
    ///
    /// @param witness complete, multiplicities included
    ForgedStream(Graph graph, CommitmentParameters parameters, MatrixCommitment key, PublicInput input, Witness witness,
            Moves moves) {
        this.graph = graph;
        this.parameters = parameters;
        this.key = key;
        this.input = input;
        this.witness = witness;
        this.moves = moves;
        MatrixLayout layout = MatrixLayout.of(graph.witnessColumns(), parameters.k());
        this.commitment = MatrixCommitment.commit(parameters, layout, witness.source(), 1);
        this.sections = prove();
    }

    /// The common channel after the work before the lookup challenge.
    private ProverChannel start() {
        Transcript transcript = Transcript.start(PublicInput.PROTOCOL);
        transcript.absorb("key", input.keyDigest());
        transcript.absorb("statement", input.statement());
        ProverChannel channel = new ProverChannel(transcript, (tag, data) -> moves.message(-1, tag, data));
        channel.send("witness", commitment.root());
        channel.grind("lookup", parameters.lookupGrindingBits());
        return channel;
    }

    private byte[] prove() {
        ProverChannel channel = start();
        LookupChallenges challenges = LookupChallenges.draw(channel);
        int count = graph.sections().size();
        for (int i = 0; i <= count; i++) {
            int number = i;
            forks.add(new ProverChannel(channel.transcript().fork(i), (tag, data) -> moves.message(number, tag, data)));
            DishonestParty party = new DishonestParty(forks.get(i), witness, moves, claims);
            try {
                if (i < count) {
                    SectionReduction.lookups(party, graph.sections().get(i), challenges);
                } else {
                    SectionReduction.tables(party, graph.tables(), challenges);
                }
            } catch (Rejection impossible) {
                throw new IllegalStateException("a dishonest prover rejects nothing", impossible);
            }
        }
        ByteArrayOutputStream proof = new ByteArrayOutputStream();
        proof.writeBytes(channel.bytes());
        forks.forEach(f -> proof.writeBytes(f.bytes()));
        return proof.toByteArray();
    }

    /// The stream up to the opening.
    byte[] sections() {
        return sections.clone();
    }

    /// The claims that the opening has to prove, true or not.
    List<Claim> claims() {
        return List.copyOf(claims);
    }

    /// The whole stream.
    byte[] whole() {
        return whole(claims);
    }

    /// The whole stream with an opening of other claims.
    byte[] whole(List<Claim> opened) {
        ProverChannel channel = start();
        LookupChallenges.draw(channel);
        forks.forEach(f -> channel.absorb("fork", f.transcript().state()));
        int before = channel.bytes().length;
        MatrixCommitment weights = key.view(MatrixLayout.of(graph.keyColumns(), parameters.k()));
        OpeningProver.open(channel, parameters, commitment, weights, witness.source(), opened, 1, false);
        byte[] all = channel.bytes();
        ByteArrayOutputStream proof = new ByteArrayOutputStream();
        proof.writeBytes(sections);
        proof.writeBytes(Arrays.copyOfRange(all, before, all.length));
        return proof.toByteArray();
    }

    @Override
    public void close() {
        commitment.close();
    }
}
