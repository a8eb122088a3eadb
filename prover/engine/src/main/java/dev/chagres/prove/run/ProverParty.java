package dev.chagres.prove.run;

import dev.chagres.field.QM31;
import dev.chagres.graph.SectionParty;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.poly.Statement;
import dev.chagres.prove.lookup.FractionTreeProver;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.prove.sumcheck.SumcheckProver;
import dev.chagres.relation.PrivateValue;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.ProverChannel;
import java.util.List;

/// The prover's side of a reduction: computes from the witness, sends, and collects the claims to open.
final class ProverParty implements SectionParty {
    private final ProverChannel channel;
    private final TensorData witness;
    private final ProverOptions options;
    private final List<Claim> claims;
    private final Stages stages;

    /// @param witness the tensors of the statements
    /// @param stages compute
    /// @param claims receives every claim against the commitments, in the verifier's order
    ProverParty(ProverChannel channel, TensorData witness, ProverOptions options, List<Claim> claims, Stages stages) {
        this.channel = channel;
        this.witness = witness;
        this.options = options;
        this.claims = claims;
        this.stages = stages;
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
        QM31 value = stages.evaluate(witness.of(column), column.shape(), at);
        channel.send("open", value);
        claims.add(new Claim(column, at, value));
        return PrivateValue.known(value);
    }

    @Override
    public void claim(Column column, TilePoint at, QM31 value) {
        claims.add(new Claim(column, at, value));
    }

    @Override
    public PrivateValue virtual(VirtualTensor tensor, TilePoint at) {
        QM31 value = stages.evaluate(witness.of(tensor), tensor.shape(), at);
        channel.send("virtual", value);
        return PrivateValue.known(value);
    }

    @Override
    public SumcheckResult sumcheck(String tag, Statement statement, PrivateValue claim) {
        return SumcheckProver.prove(channel, tag, statement, claim.number(), witness::of, stages, options.check(), claims::add);
    }

    @Override
    public void require(String check, PrivateValue actual, PrivateValue expected) {
        if (options.check() && !actual.equals(expected)) {
            throw new IllegalStateException("the witness does not satisfy " + check);
        }
    }

    @Override
    public FractionTreeVerifier.Result lookupTree(
            List<Lookup> segments, TreeLayout layout, LookupChallenges challenges) {
        return prove(LeafProgram.of(segments, layout, challenges, witness));
    }

    @Override
    public FractionTreeVerifier.Result tableTree(List<Table> tables, TreeLayout layout, LookupChallenges challenges) {
        return prove(LeafProgram.ofTables(tables, layout, challenges, witness));
    }

    private FractionTreeVerifier.Result prove(LeafProgram leaves) {
        try (FractionTree tree = stages.tree(leaves)) {
            return FractionTreeProver.prove(channel, tree);
        }
    }
}
