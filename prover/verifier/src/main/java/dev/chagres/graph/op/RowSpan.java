package dev.chagres.graph.op;

import java.util.ArrayList;
import java.util.List;

/// Rows [from, to), all in one block: the lanes of a panel.
record RowSpan(int from, int to) {
    /// Cuts rows [from, to) at the multiples of `lanes`.
    ///
    /// @param lanes a power of two, at most the rows of a block
    static List<RowSpan> cut(int from, int to, int lanes) {
        List<RowSpan> spans = new ArrayList<>();
        for (int start = from; start < to; ) {
            int end = Math.min(to, (start & -lanes) + lanes);
            spans.add(new RowSpan(start, end));
            start = end;
        }
        return spans;
    }

    int rows() {
        return to - from;
    }
}
