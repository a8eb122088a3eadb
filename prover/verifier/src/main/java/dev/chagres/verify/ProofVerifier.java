package dev.chagres.verify;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MerkleProof;
import dev.chagres.commit.OpeningVerifier;
import dev.chagres.graph.DeferredReduction;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Kept;
import dev.chagres.graph.SectionReduction;
import dev.chagres.graph.SectionReduction.Fraction;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.tensor.Claim;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.transcript.VerifierChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Verifies the proof stream of a graph (docs/protocol.md).
public final class ProofVerifier {
    private ProofVerifier() {}

    /// @param graph compiled from the verifying key and the statement
    /// @param proof the whole proof stream, from its position to its limit
    /// @param space of the columns of the graph, in rows of the parameters
    /// @throws Rejection if the proof is not accepted, for whatever bytes
    public static void verify(Graph graph, CommitmentParameters parameters, AddressSpace space, PublicInput input,
            ByteBuffer proof) throws Rejection {
        Transcript transcript = Transcript.start(PublicInput.PROTOCOL);
        transcript.absorb("key", input.keyDigest());
        transcript.absorb("statement", input.statement());
        VerifierChannel channel = new VerifierChannel(transcript, proof);
        byte[] witnessRoot = channel.receiveBytes("witness", MerkleProof.NODE_BYTES);
        channel.checkWork("grind/lookup", "lookup", parameters.lookupGrindingBits());
        LookupChallenges challenges = LookupChallenges.draw(channel);

        List<Claim> claims = new ArrayList<>();
        List<Fraction> lookups = new ArrayList<>();
        List<List<Kept>> kept = new ArrayList<>();
        List<Transcript> forks = new ArrayList<>();
        for (int i = 0; i < graph.sections().size(); i++) {
            VerifierChannel fork = channel.fork(i);
            SectionReduction.Reduced section = SectionReduction.lookups(
                    new VerifierParty(fork, claims), graph.sections().get(i), challenges);
            lookups.add(section.fraction());
            kept.add(section.kept());
            forks.add(fork.transcript());
        }
        VerifierChannel last = channel.fork(graph.sections().size());
        Fraction tables = SectionReduction.tables(new VerifierParty(last, claims), graph.tables(), challenges);
        forks.add(last.transcript());
        if (!SectionReduction.balanced(lookups, tables)) {
            throw new Rejection("lookup/balance", "looked-up values and table multiplicities do not balance");
        }
        for (Transcript fork : forks) {
            transcript.absorb("fork", fork.state());
        }
        VerifierChannel joined = channel.fork(graph.sections().size() + 1);
        DeferredReduction.reduce(new VerifierParty(joined, claims), graph, kept);
        transcript.absorb("fork", joined.transcript().state());
        OpeningVerifier.verify(channel, parameters, space, witnessRoot, input.keyRoot(), claims);
        channel.finish("the proof");
    }
}
