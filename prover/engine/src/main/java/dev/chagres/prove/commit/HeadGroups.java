package dev.chagres.prove.commit;

import dev.chagres.commit.BatchedClaims;
import dev.chagres.field.QM31;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The groups of claims that an opening sums over the low variables: claims of one group have the same low point.
public final class HeadGroups {
    private HeadGroups() {}

    /// The low points z_g of all terms, in the order in which they appear.
    ///
    /// @param head coordinates of a low point
    public static List<QM31[]> of(BatchedClaims batch, int head) {
        Set<List<QM31>> groups = new LinkedHashSet<>();
        batch.terms().forEach(term -> groups.add(List.of(Arrays.copyOf(term.point(), head))));
        return groups.stream().map(z -> z.toArray(QM31[]::new)).toList();
    }
}
