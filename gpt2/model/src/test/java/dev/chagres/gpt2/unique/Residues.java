package dev.chagres.gpt2.unique;

import dev.chagres.field.M31;
import java.util.Arrays;

/// A set of residues.
final class Residues {
    private final int[] listed;
    private final int[] sorted;
    private final boolean consecutive;

    /// @param values canonical
    Residues(int[] values) {
        boolean rising = values.length > 0;
        for (int i = 1; i < values.length; i++) {
            rising &= values[i] == M31.add(values[i - 1], 1);
        }
        this.consecutive = rising;
        this.listed = rising ? values : Arrays.stream(values).distinct().toArray();
        this.sorted = listed.clone();
        Arrays.sort(sorted);
    }

    /// Each once.
    int[] all() {
        return listed;
    }

    boolean has(int value) {
        return consecutive
                ? M31.sub(value, listed[0]) < listed.length
                : Arrays.binarySearch(sorted, value) >= 0;
    }
}
