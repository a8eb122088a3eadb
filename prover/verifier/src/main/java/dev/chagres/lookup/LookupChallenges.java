package dev.chagres.lookup;

import dev.chagres.field.QM31;
import dev.chagres.transcript.Channel;

/// The challenges of the lookup argument, drawn once from the common transcript after the witness root and the
/// grinding, before any fork.
///
/// @param c the point of the fractions
/// @param powers beta^0 .. beta^3 for tuple components
/// @param separator beta^4, multiplied by the table id
public record LookupChallenges(QM31 c, QM31[] powers, QM31 separator) {
    /// Largest number of tuple components ([Table] refuses more): ids stand at the power of beta above them.
    public static final int MAX_COMPONENTS = 4;

    public static LookupChallenges draw(Channel channel) {
        QM31[] drawn = channel.challenges("lookup", 2);
        QM31[] powers = new QM31[MAX_COMPONENTS];
        QM31 at = QM31.ONE;
        for (int i = 0; i < MAX_COMPONENTS; i++) {
            powers[i] = at;
            at = at.mul(drawn[1]);
        }
        return new LookupChallenges(drawn[0], powers, at);
    }

    /// c - beta^4 id: the part of a denominator that does not depend on the tuple.
    public QM31 base(Table table) {
        return c.sub(separator.mul(QM31.of(table.id())));
    }
}
