package dev.chagres.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Run in a process of its own: loads libraries one after the other and prints one line for each.
final class LibraryProbe {
    private static final long BYTES = 1000;

    private LibraryProbe() {}

    /// @param args names of kinds
    static void main(String[] args) {
        for (String kind : args) {
            try {
                System.out.println(use(NativeLibrary.load(NativeLibrary.Kind.valueOf(kind))));
            } catch (NativeLibraryException e) {
                System.out.println("refused: " + e.getMessage());
            } catch (DeviceException e) {
                System.out.println(e.status() + ": " + e.getMessage());
            }
        }
    }

    /// A round trip through the first device.
    private static String use(NativeLibrary library) {
        NativeLibrary.Devices devices = library.devices();
        try (Device device = library.open(0, 1 << 20); Stream stream = device.stream();
                Arena arena = Arena.ofConfined()) {
            DeviceBuffer buffer = device.allocate(BYTES);
            MemorySegment sent = arena.allocate(BYTES);
            for (long i = 0; i < BYTES; i++) {
                sent.set(ValueLayout.JAVA_BYTE, i, (byte) (7 * i));
            }
            MemorySegment back = arena.allocate(BYTES);
            stream.fill(buffer, 0);
            stream.in(buffer, sent);
            stream.out(back, buffer);
            return "devices: " + devices.count() + ", " + device.info().name() + ", "
                    + (sent.mismatch(back) < 0 ? "round trip right" : "round trip wrong") + ", " + library.origin()
                    + ", " + library.path();
        }
    }
}
