package dev.chagres.prove.lookup;

import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Counts how often each table entry is looked up, and makes sure that every looked-up tuple is an entry.
public final class MultiplicityCounter {
    /// Positions of one task.
    private static final int TASK = 1 << 18;

    private final Function<Column, ? extends IntTensor> columns;
    private final Function<VirtualTensor, ? extends IntTensor> virtuals;
    private final Host host;

    /// @param columns data of looked-up columns, key columns and, 32 bits wide, multiplicities
    /// @param virtuals data of virtual tensors
    public MultiplicityCounter(Function<Column, ? extends IntTensor> columns,
            Function<VirtualTensor, ? extends IntTensor> virtuals, Host host) {
        this.columns = columns;
        this.virtuals = virtuals;
        this.host = host;
    }

    /// Tiles [from, to) of a segment.
    private record Task(Table table, SegmentCounter segment, int from, int to) {}

    /// Adds all lookups of several segments to the multiplicities; none if a tuple is missing.
    ///
    /// @see #counts(List)
    public void count(List<Lookup> segments) {
        counts(segments).addTo(columns);
    }

    /// All lookups of several segments.
    ///
    /// @throws IllegalStateException naming segment, position and tuple, if a tuple is not in the table
    /// @throws IllegalArgumentException if data and shapes do not fit
    public TableCounts counts(List<Lookup> segments) {
        Set<Table> tables = Collections.newSetFromMap(new IdentityHashMap<>());
        segments.forEach(s -> tables.add(s.table()));
        // The caller may add them to counts of all tables, which are as many again.
        CounterSets counters = new CounterSets(host.threads(), tables,
                CounterSets.heapRoom() - CounterSets.largeBytes(tables));
        count(segments, counters);
        return counters.sum();
    }

    /// Adds all lookups of several segments to counters of the threads of the host.
    ///
    /// @see #counts(List)
    void count(List<Lookup> segments, CounterSets counters) {
        List<Task> tasks = new ArrayList<>();
        for (Lookup s : segments) {
            SegmentCounter counter = new SegmentCounter(s, columns, virtuals);
            int tiles = s.shape().tileCount();
            int step = Math.max(1, TASK >> s.shape().lowBits());
            for (int t = 0; t < tiles; t += step) {
                tasks.add(new Task(s.table(), counter, t, Math.min(tiles, t + step)));
            }
        }
        List<CountScratch> scratch = new ArrayList<>();
        for (int i = 0; i < host.threads(); i++) {
            scratch.add(new CountScratch());
        }
        host.run(tasks.size(), (worker, i) -> {
            Task task = tasks.get(i);
            counters.count(worker, task.table, counts -> {
                for (int t = task.from; t < task.to; t++) {
                    task.segment.count(t, scratch.get(worker), counts);
                }
            });
        });
    }
}
