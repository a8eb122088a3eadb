package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.ffm.generated.cuda.chg_claim_run;
import java.lang.foreign.MemorySegment;

/// Weights of neighbours in an array: weight i is the sum of `weight * tables[table + place + i]` over some terms.
///
/// @param at number of the first neighbour
/// @param rows how many there are, at most [#MOST_ROWS]
/// @param place where the terms' tables are read
/// @param group of sums that they count for
/// @param first term
/// @param terms number of terms
public record ClaimRun(long at, int rows, int place, int group, int first, int terms) {
    /// Bytes of an entry of a table of runs.
    public static final long BYTES = chg_claim_run.sizeof();
    /// Most rows of a run.
    public static final int MOST_ROWS = ChagresCuda.CHG_RUN_ROWS();

    /// Writes an entry of a table in native memory.
    public void write(MemorySegment table, long number) {
        MemorySegment entry = chg_claim_run.asSlice(table, number);
        chg_claim_run.at(entry, at);
        chg_claim_run.rows(entry, rows);
        chg_claim_run.place(entry, place);
        chg_claim_run.group(entry, group);
        chg_claim_run.first(entry, first);
        chg_claim_run.terms(entry, terms);
        chg_claim_run.unused(entry, 0);
    }
}
