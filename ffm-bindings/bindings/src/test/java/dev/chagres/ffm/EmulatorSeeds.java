package dev.chagres.ffm;

import java.util.stream.LongStream;

/// Seeds of the emulated device that the law suites run with: 0 to 3, or the range of the property
/// `chagres.emulator.seeds`, as in `-Dchagres.emulator.seeds=100-199`.
final class EmulatorSeeds {
    private EmulatorSeeds() {}

    static LongStream range() {
        String[] ends = System.getProperty("chagres.emulator.seeds", "0-3").split("-", 2);
        return LongStream.rangeClosed(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]));
    }
}
