package dev.chagres.prove.run;

import dev.chagres.graph.Section;
import dev.chagres.graph.SectionReduction;
import dev.chagres.graph.SectionReduction.Fraction;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.prove.profile.SectionEvent;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Proves a section in its fork of the transcript: the fraction tree of its lookups and the reductions of its
/// operations; or the tree of all tables.
///
/// @param section number of the section; the number of sections stands for the tables
/// @param state of the fork, 32 bytes
/// @param challenges of the lookups
record SectionTask(int section, byte[] state, LookupChallenges challenges) implements ProofTask<SectionProof> {
    @Override
    public SectionProof run(TaskContext site) {
        ProverChannel channel = new ProverChannel(Transcript.resume(state), site.options().interceptor());
        List<Claim> claims = new ArrayList<>();
        ProverParty party = new ProverParty(channel, site.witness(), site.options(), claims, site.stages());
        try (Witness.Use _ = site.witness().use(section, false); SectionEvent _ = event(site)) {
            Fraction fraction;
            Deferral left;
            if (isTables(site)) {
                fraction = SectionReduction.tables(party, site.graph().tables(), challenges);
                left = Deferral.NONE;
            } else {
                Section own = site.graph().sections().get(section);
                SectionReduction.Reduced reduced = SectionReduction.lookups(party, own, challenges);
                fraction = reduced.fraction();
                left = Deferral.of(own, reduced.kept(), site.witness());
            }
            return new SectionProof(new ForkProof(channel.bytes(), channel.transcript().state(), List.copyOf(claims)),
                    fraction, left);
        } catch (Rejection e) {
            throw new IllegalStateException("the prover rejected its own section " + section, e);
        }
    }

    private boolean isTables(TaskContext site) {
        return section == site.graph().sections().size();
    }

    private SectionEvent event(TaskContext site) {
        return isTables(site)
                ? SectionEvent.start("tables",
                        entries(site.graph().tables().stream().map(t -> t.multiplicity().shape())))
                : SectionEvent.start(site.graph().sections().get(section).name(),
                        entries(site.graph().sections().get(section).segments().stream().map(Lookup::shape)));
    }

    private static long entries(Stream<Shape> shapes) {
        return shapes.mapToLong(Shape::size).sum();
    }

    @Override
    public Set<Integer> reads(TaskContext site) {
        return Set.of(section);
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        out.writeInt(section);
        TaskCodec.write(out, state);
        TaskCodec.write(out, challenges);
    }
}
