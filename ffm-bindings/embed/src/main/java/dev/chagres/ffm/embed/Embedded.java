package dev.chagres.ffm.embed;

import java.lang.foreign.MemorySegment;

/// Where libchagres enters: it calls this once, after it has started the machine.
public final class Embedded {
    private Embedded() {}

    /// Fills in the functions of the table that C calls.
    ///
    /// @param table address of an `embed_table`
    /// @return 0, or the version of the table that this side has, if it is not that of C
    /// @throws IllegalAccessException never, as the functions are in this package
    public static int fill(long table) throws IllegalAccessException {
        MemorySegment address = MemorySegment.ofAddress(table);
        if (!Table.fits(address)) {
            return Table.VERSION;
        }
        Table.fill(address);
        return 0;
    }
}
