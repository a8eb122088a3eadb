package dev.chagres.prove.lookup;

import dev.chagres.lookup.Table;
import dev.chagres.prove.stage.TableCounts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Counters of several threads, on the heap. Every thread has its own of small tables. Those of large ones, tens of
/// mebibytes for an exponential of calibrated reach, are as many as the heap has room for, and threads take turns where
/// these are fewer.
final class CounterSets {
    /// Entries of a table from which its counters are large: a mebibyte.
    private static final int LARGE = 1 << 18;

    private final List<TableCounts> small = new ArrayList<>();
    private final List<TableCounts> large = new ArrayList<>();
    private final List<ReentrantLock> turns = new ArrayList<>();

    /// @param tables that will be counted, each once
    /// @param room bytes for the counters of large tables; one set is there in any case
    CounterSets(int threads, Collection<Table> tables, long room) {
        long bytes = largeBytes(tables);
        long sets = bytes == 0 ? threads : Math.clamp(room / bytes, 1, threads);
        for (int i = 0; i < threads; i++) {
            small.add(new TableCounts());
        }
        for (int i = 0; i < sets; i++) {
            large.add(new TableCounts());
            turns.add(new ReentrantLock());
        }
    }

    /// Bytes of one set of counters of the large ones among some tables.
    static long largeBytes(Collection<Table> tables) {
        return tables.stream().filter(CounterSets::isLarge).mapToLong(t -> Integer.BYTES * entries(t)).sum();
    }

    /// What all counters together may take of the heap of this process.
    static long heapRoom() {
        return Runtime.getRuntime().maxMemory() / 4 * 3;
    }

    private static boolean isLarge(Table table) {
        return entries(table) >= LARGE;
    }

    private static long entries(Table table) {
        return (long) table.starts().length << table.tileBits();
    }

    /// Sets of counters of large tables.
    int sets() {
        return large.size();
    }

    /// Runs what counts lookups of a table, when a set of its counters is free.
    ///
    /// @param worker number of the thread
    void count(int worker, Table table, Consumer<TableCounts> counting) {
        if (!isLarge(table)) {
            counting.accept(small.get(worker));
            return;
        }
        int set = worker % large.size();
        turns.get(set).lock();
        try {
            counting.accept(large.get(set));
        } finally {
            turns.get(set).unlock();
        }
    }

    /// All counts; these counters are not used afterwards.
    TableCounts sum() {
        TableCounts sum = new TableCounts();
        large.forEach(sum::add);
        small.forEach(sum::add);
        return sum;
    }
}
