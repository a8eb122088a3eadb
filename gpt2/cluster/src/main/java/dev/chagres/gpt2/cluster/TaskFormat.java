package dev.chagres.gpt2.cluster;

import dev.chagres.prove.build.Build;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Bytes that the driver and executors exchange: format, the build that wrote them, fields. Everything is refused that
/// another build wrote, before a field is read.
///
/// Numbers are big-endian; a text or array has its length as an int before it.
final class TaskFormat {
    /// The first byte; grows with every change of fields.
    static final int VERSION = 1;

    private TaskFormat() {}

    /// Writes fields.
    interface Fields {
        void write(DataOutputStream out) throws IOException;
    }

    /// Version and commit of the classes that run here.
    static String build() {
        return Build.HERE.name();
    }

    /// @param build that writes
    static byte[] write(String build, Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            text(out, build);
            fields.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory takes everything
        }
        return bytes.toByteArray();
    }

    /// Opens bytes at their fields.
    ///
    /// @throws OtherBuildException if another build wrote them
    /// @throws IOException if they end early
    static DataInputStream read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new OtherBuildException("format " + version + ", not " + VERSION);
        }
        String build = text(in);
        if (!build.equals(build())) {
            throw new OtherBuildException(build);
        }
        return in;
    }

    static void text(DataOutputStream out, String text) throws IOException {
        bytes(out, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), java.nio.charset.StandardCharsets.UTF_8);
    }

    static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static byte[] bytes(DataInputStream in) throws IOException {
        int length = length(in);
        return in.readNBytes(length);
    }

    static void ints(DataOutputStream out, int[] values) throws IOException {
        out.writeInt(values.length);
        for (int value : values) {
            out.writeInt(value);
        }
    }

    static int[] ints(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > in.available() / Integer.BYTES) {
            throw new IOException(count + " numbers in what is left of " + in.available() + " bytes");
        }
        int[] values = new int[count];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readInt();
        }
        return values;
    }

    private static int length(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException(length + " bytes in what is left of " + in.available());
        }
        return length;
    }

    /// Bytes are those of another build of this program.
    static final class OtherBuildException extends IOException {
        private static final long serialVersionUID = 1L;

        OtherBuildException(String build) {
            super(build);
        }
    }
}
