package dev.chagres.prove.remote;

import dev.chagres.prove.build.Build;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// What all bytes between a coordinator and its sites begin with: the number of the format and the build that wrote
/// them. Both sides are the same program; nothing of another one is read.
final class Wire {
    /// Grows with every change of what tasks, results or shared data look like.
    static final int VERSION = 1;
    private static final String BUILD = Build.HERE.name();

    private Wire() {}

    interface Fields {
        void write(DataOutputStream out) throws IOException;
    }

    static byte[] write(Fields fields) {
        try {
            return collect(out -> {
                begin(out);
                fields.write(out);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory takes everything
        }
    }

    /// Writes the beginning.
    static void begin(DataOutputStream out) throws IOException {
        out.writeByte(VERSION);
        text(out, BUILD);
    }

    /// What is written, without a beginning.
    static byte[] collect(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            fields.write(out);
        }
        return bytes.toByteArray();
    }

    /// Opens bytes at their fields.
    ///
    /// @param whose for the refusal: `the coordinator`, `site 2`
    /// @throws IllegalArgumentException in one line, if another build wrote them
    static DataInputStream read(byte[] bytes, String whose) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IllegalArgumentException(whose + " is another build: format " + version + " of tasks, here "
                    + VERSION);
        }
        String build = text(in);
        if (!build.equals(BUILD)) {
            throw new IllegalArgumentException(whose + " is another build: " + build + ", here " + BUILD);
        }
        return in;
    }

    static void text(DataOutputStream out, String text) throws IOException {
        bytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a field of " + length + " bytes, " + in.available() + " are left");
        }
        return in.readNBytes(length);
    }
}
