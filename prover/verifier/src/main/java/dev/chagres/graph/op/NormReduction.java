package dev.chagres.graph.op;

import dev.chagres.field.QM31;
import dev.chagres.graph.Kept;
import dev.chagres.graph.Party;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.OneHotFactor;
import dev.chagres.poly.SparseFactor;
import dev.chagres.poly.Statement;
import dev.chagres.poly.TableFactor;
import dev.chagres.poly.Variable;
import dev.chagres.relation.PrivateValue;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.Rejection;
import java.util.List;
import java.util.Map;

/// How the claims of one [RmsNorm] reduce to its columns, in two sumchecks: products of a row value with mantissas, and
/// sums of squares together with the read of the peak. What is about row values alone is left to [NormRows].
final class NormReduction {
    private final RmsNorm norm;
    private final Party party;
    private final Shape shape;
    private final Shape rows;
    private final Variable row;
    private final Variable channel;
    private final Variable channelHigh;
    private final Variable block;

    private NormReduction(RmsNorm norm, Party party) {
        this.norm = norm;
        this.party = party;
        this.shape = norm.x.shape();
        this.rows = norm.rowShape();
        this.row = Variable.of(shape.lowAxes().get(0));
        this.channel = Variable.of(shape.lowAxes().get(1));
        this.channelHigh = Variable.of(shape.highAxes().get(0));
        this.block = Variable.of(shape.highAxes().get(1));
    }

    /// @return what [NormRows] needs
    static Kept reduce(RmsNorm norm, Party party, LeafClaim exponentPair, LeafClaim remainder) throws Rejection {
        NormReduction r = new NormReduction(norm, party);
        r.scaledMantissas(exponentPair, remainder);
        return r.squaresAndPeak();
    }

    /// 2^e + x - m 2^e and (2m + 1) rho + 2^(s-1) - n 2^s, whose products with m share one sumcheck.
    private void scaledMantissas(LeafClaim pair, LeafClaim rem) throws Rejection {
        QM31[] atRow = pair.at().low(shape, row.name());
        QM31[] atChannel = pair.at().low(shape, channel.name());

        PrivateValue fromX = party.open(norm.x, pair.at());
        PrivateValue fromPower = party.open(norm.power, pair.at().project(shape, rows));
        PrivateValue first = fromPower.add(fromX).sub(pair.value());

        TilePoint remRow = rem.at().project(shape, rows);
        PrivateValue fromRho = party.open(norm.rhoLow, remRow)
                .add(party.open(norm.rhoHigh, remRow).mul(1 << RmsNorm.RHO_LIMB));
        PrivateValue fromN = party.open(norm.n, rem.at());
        PrivateValue second = rem.value().sub(rem.at().total().mul(norm.halfStep()))
                .add(fromN.mul(1 << norm.shift)).sub(fromRho);

        QM31 alpha = party.challenge(norm.name + "/products");
        SparseFactor w1 = SparseFactor.ofTiles("w1", shape, pair.at().weights(), List.of(channelHigh, block));
        SparseFactor w2 = SparseFactor.ofTiles("w2", shape, rem.at().weights(), List.of(channelHigh, block));
        Expression eq = Expression.of(new EqFactor(List.of(row), atRow));
        Expression m = Expression.of(ColumnFactor.of(norm.m).bind(row.name(), row).fix(channel.name(), atChannel)
                .bind(channelHigh.name(), channelHigh).bind(block.name(), block));
        Expression rho = at(norm.rhoLow).plus(at(norm.rhoHigh).times(1L << RmsNorm.RHO_LIMB));
        Expression inner = Expression.of(w1).times(at(norm.power))
                .plus(Expression.of(w2).times(rho).times(alpha.add(alpha)));
        party.sumcheck(norm.name + "/products", new Statement(List.of(row, channelHigh, block),
                eq.times(m).times(inner)), first.add(second.mul(alpha)));
    }

    /// A row column free in rows and blocks.
    private Expression at(Column c) {
        return Expression.of(ColumnFactor.of(c).bind(row.name(), row).bind(block.name(), block));
    }

    private Kept squaresAndPeak() throws Rejection {
        Map<String, QM31[]> at = party.point(norm.name + "/squares", rows);
        TilePoint point = TilePoint.of(rows, at);
        QM31 omega = party.challenge(norm.name + "/groups");
        PrivateValue claim = PrivateValue.ZERO;
        QM31 power = QM31.ONE;
        QM31[] powers = new QM31[norm.quotientLow.length];
        for (int g = 0; g < powers.length; g++) {
            // G_g = 2^t (low + 2^13 high) + rest
            PrivateValue quotient = party.open(norm.quotientLow[g], point)
                    .add(party.open(norm.quotientHigh[g], point).mul(1 << RmsNorm.LIMB));
            PrivateValue value = quotient.mul(1 << norm.groupShift).add(party.open(norm.groupRest[g], point));
            claim = claim.add(value.mul(power));
            powers[g] = power;
            power = power.mul(omega);
        }
        PrivateValue peak = party.open(norm.peak, point);
        claim = claim.add(peak.mul(power));

        QM31[] flat = concatenate(at.get(row.name()), blockPoint(at));
        OneHotFactor oneHot = new OneHotFactor(norm.name + ".peakRead", List.of(row, block),
                List.of(channel, channelHigh), List.of(norm.channelBit), flat);
        Expression m = Expression.of(ColumnFactor.of(norm.m).bind(row.name(), row).bind(channel.name(), channel)
                .bind(channelHigh.name(), channelHigh).bind(block.name(), block));
        Expression eq = Expression.of(new EqFactor(List.of(row, block), flat));
        Expression group = Expression.of(groupFactor(powers));
        Expression squares = eq.times(group).times(m).times(m.plus(Expression.constant(1)));
        Expression read = Expression.of(oneHot).times(m).times(power);
        SumcheckResult end = party.sumcheck(norm.name + "/squares",
                new Statement(List.of(row, channel, channelHigh, block), squares.plus(read)), claim);
        return NormRows.keep(flat, end.point().flat(List.of(row, block)),
                end.point().flat(List.of(channel, channelHigh)), end.derived().get(oneHot));
    }

    private QM31[] blockPoint(Map<String, QM31[]> at) {
        return block.bits() == 0 ? new QM31[0] : at.get(block.name());
    }

    /// omega^group(c) as a polynomial in the channel.
    private TableFactor groupFactor(QM31[] powers) {
        QM31[] table = new QM31[1 << (channel.bits() + channelHigh.bits())];
        for (int c = 0; c < table.length; c++) {
            table[c] = powers[Math.min(c / IntegerSemantics.GROUP, powers.length - 1)];
        }
        return new TableFactor("group", List.of(channel, channelHigh), table);
    }

    private static QM31[] concatenate(QM31[] a, QM31[] b) {
        QM31[] result = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, result, a.length, b.length);
        return result;
    }
}
