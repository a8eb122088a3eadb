package dev.chagres.prove.forgery;

import dev.chagres.field.QM31;
import dev.chagres.graph.SectionParty;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.poly.Statement;
import dev.chagres.prove.data.TensorEvaluation;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.lookup.FractionTreeProver;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.sumcheck.SumcheckProver;
import dev.chagres.prove.witness.Witness;
import dev.chagres.relation.PrivateValue;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.ProverChannel;
import java.util.List;

/// The prover's side of a reduction with the [Moves] of a dishonest prover; nothing is asserted.
final class DishonestParty implements SectionParty {
    private static final Host HOST = TestHosts.of(1);

    private final ProverChannel channel;
    private final Witness witness;
    private final Moves moves;
    private final List<Claim> claims;

    /// @param claims receives every claim against the commitments, in the verifier's order
    DishonestParty(ProverChannel channel, Witness witness, Moves moves, List<Claim> claims) {
        this.channel = channel;
        this.witness = witness;
        this.moves = moves;
        this.claims = claims;
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
        QM31 value = moves.opened(column,
                TensorEvaluation.evaluate(witness.of(column), column.shape(), at.low(), at.weights(), HOST));
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
        QM31 value = moves.virtual(tensor,
                TensorEvaluation.evaluate(witness.of(tensor), tensor.shape(), at.low(), at.weights(), HOST));
        channel.send("virtual", value);
        return PrivateValue.known(value);
    }

    @Override
    public SumcheckResult sumcheck(String tag, Statement statement, PrivateValue claim) {
        if (moves.adapts(tag)) {
            return new AdaptiveSumcheck(channel, tag, statement, witness::of, claims::add, moves.derives(tag))
                    .run(claim.number());
        }
        return SumcheckProver.prove(channel, tag, statement, claim.number(), witness::of, HOST.stages(), false,
                claims::add);
    }

    @Override
    public void require(String check, PrivateValue actual, PrivateValue expected) {
        // A dishonest prover does not mind.
    }

    @Override
    public FractionTreeVerifier.Result lookupTree(
            List<Lookup> segments, TreeLayout layout, LookupChallenges challenges) {
        List<Lookup> looked = moves.looked(segments);
        TreeLayout own = looked.equals(segments) ? layout : LeafProgram.layoutOfLookups(looked);
        return prove(LeafProgram.of(looked, own, challenges, witness));
    }

    @Override
    public FractionTreeVerifier.Result tableTree(List<Table> tables, TreeLayout layout, LookupChallenges challenges) {
        return prove(LeafProgram.ofTables(tables, layout, challenges, witness));
    }

    private FractionTreeVerifier.Result prove(LeafProgram honest) {
        LeafProgram leaves = moves.leaves(honest);
        return moves.tree(channel, leaves).orElseGet(() -> {
            try (FractionTree tree = HOST.stages().tree(leaves)) {
                return FractionTreeProver.prove(channel, tree);
            }
        });
    }
}
