package dev.chagres.verify;

import dev.chagres.field.QM31;
import dev.chagres.graph.SectionParty;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.poly.Statement;
import dev.chagres.relation.PrivateValue;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.sumcheck.SumcheckVerifier;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.VerifierChannel;
import java.util.List;

/// The verifier's side of a reduction: receives what the prover sends and collects the claims to open.
final class VerifierParty implements SectionParty {
    private final VerifierChannel channel;
    private final List<Claim> claims;

    /// @param claims receives every claim against the commitments
    VerifierParty(VerifierChannel channel, List<Claim> claims) {
        this.channel = channel;
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
    public PrivateValue open(Column column, TilePoint at) throws Rejection {
        PrivateValue value = channel.receive("open", 1)[0];
        claims.add(new Claim(column, at, value));
        return value;
    }

    @Override
    public void claim(Column column, TilePoint at, QM31 value) {
        claims.add(new Claim(column, at, value));
    }

    @Override
    public PrivateValue virtual(VirtualTensor tensor, TilePoint at) throws Rejection {
        return channel.receive("virtual", 1)[0];
    }

    @Override
    public SumcheckResult sumcheck(String tag, Statement statement, PrivateValue claim) throws Rejection {
        return SumcheckVerifier.verify(channel, tag, statement, claim, claims::add);
    }

    @Override
    public void require(String check, PrivateValue actual, PrivateValue expected) throws Rejection {
        channel.require(check, actual.sub(expected), "the values of check " + check + " differ");
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
