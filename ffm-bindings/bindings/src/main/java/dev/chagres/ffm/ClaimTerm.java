package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.chg_claim_term;
import dev.chagres.ffm.generated.cuda.chg_qm31;
import dev.chagres.field.QM31;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A weighted table of field elements, a part of the weights of a [ClaimRun].
///
/// @param table number of its first element in the array of all tables
public record ClaimTerm(QM31 weight, long table) {
    /// Bytes of an entry of a table of terms.
    public static final long BYTES = chg_claim_term.sizeof();

    /// Writes an entry of a table in native memory.
    public void write(MemorySegment table, long number) {
        MemorySegment entry = chg_claim_term.asSlice(table, number);
        MemorySegment words = chg_qm31.c(chg_claim_term.weight(entry));
        for (int w = 0; w < 4; w++) {
            words.setAtIndex(ValueLayout.JAVA_INT, w, weight.coordinate(w));
        }
        chg_claim_term.table(entry, this.table);
    }
}
