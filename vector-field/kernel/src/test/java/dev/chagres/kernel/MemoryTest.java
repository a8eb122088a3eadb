package dev.chagres.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class MemoryTest {
    @Test
    void isZeroSeesEveryByteAndNoOther() {
        try (Arena arena = Arena.ofConfined()) {
            for (int bytes : new int[] {0, 1, 63, 4095, 4096, 4097, 12_345}) {
                long address = Memory.allocate(arena, bytes + 2) + 1;
                Memory.ALL.set(ValueLayout.JAVA_BYTE, address - 1, (byte) 1);
                Memory.ALL.set(ValueLayout.JAVA_BYTE, address + bytes, (byte) 1);
                assertThat(Memory.isZero(address, bytes)).as("%d bytes", bytes).isTrue();
                for (int at = 0; at < bytes; at += Math.max(1, bytes / 7)) {
                    Memory.ALL.set(ValueLayout.JAVA_BYTE, address + at, (byte) 0x80);
                    assertThat(Memory.isZero(address, bytes)).as("%d bytes, byte %d", bytes, at).isFalse();
                    Memory.ALL.set(ValueLayout.JAVA_BYTE, address + at, (byte) 0);
                }
                if (bytes > 0) {
                    Memory.ALL.set(ValueLayout.JAVA_BYTE, address + bytes - 1, (byte) 1);
                    assertThat(Memory.isZero(address, bytes)).as("%d bytes, the last", bytes).isFalse();
                }
            }
        }
    }
}
