package dev.chagres.verify;

import dev.chagres.graph.Graph;
import dev.chagres.graph.Kept;
import dev.chagres.graph.SectionReduction;
import dev.chagres.graph.SectionReduction.Fraction;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.tensor.Claim;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.transcript.VerifierChannel;
import java.util.ArrayList;
import java.util.List;

/// Verifies what was sent in the fork of one section, for a prover who lets others prove sections.
public final class SectionVerifier {
    private SectionVerifier() {}

    /// What follows from the fork of a section.
    ///
    /// @param state of the transcript after it, 32 bytes
    /// @param claims about columns, which are not opened yet
    /// @param fraction sum of its lookups
    /// @param kept by its reductions for the stage after the join
    public record Verified(byte[] state, List<Claim> claims, Fraction fraction, List<Kept> kept) {}

    /// @param section number of the section; the number of sections stands for the tables
    /// @param state of the fork before it, 32 bytes
    /// @param stream its messages
    /// @throws Rejection if they prove nothing
    public static Verified verify(Graph graph, int section, LookupChallenges challenges, byte[] state, byte[] stream)
            throws Rejection {
        VerifierChannel channel = new VerifierChannel(Transcript.resume(state), stream);
        List<Claim> claims = new ArrayList<>();
        VerifierParty party = new VerifierParty(channel, claims);
        Fraction fraction;
        List<Kept> kept = List.of();
        if (section == graph.sections().size()) {
            fraction = SectionReduction.tables(party, graph.tables(), challenges);
        } else {
            SectionReduction.Reduced reduced =
                    SectionReduction.lookups(party, graph.sections().get(section), challenges);
            fraction = reduced.fraction();
            kept = reduced.kept();
        }
        channel.finish("the section");
        return new Verified(channel.transcript().state(), List.copyOf(claims), fraction, kept);
    }
}
