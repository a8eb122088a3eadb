package dev.chagres.prove.run;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Work on ranges of committed rows ([dev.chagres.prove.commit.RowRanges]).
sealed interface PassTask<R> extends ProofTask<R> permits HeadSumsTask, FoldTask, CombineTask, ColumnsTask {
    /// Numbers of the ranges.
    List<Integer> ranges();

    @Override
    default Set<Integer> reads(TaskContext site) {
        Set<Integer> sections = new TreeSet<>();
        ranges().forEach(range -> sections.addAll(site.sectionsOfRange(range)));
        return sections;
    }
}
