package dev.chagres.prove.remote;

import dev.chagres.prove.build.Build;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Bytes that processes of this program exchange, those of one proof and those of batches: the number of the format, the
/// build that wrote them, fields. Both sides are the same program; everything is refused that another one wrote, before
/// a field is read.
///
/// Numbers are big-endian; a text or array has its length as an int before it, which is checked against what is left.
public final class Wire {
    /// The first byte; grows with every change of fields.
    static final int VERSION = 2;
    /// Room for a beginning and small fields.
    private static final int HEAD_BYTES = 1 << 10;
    private static final String BUILD = Build.HERE.name();

    private Wire() {}

    /// Writes fields.
    @FunctionalInterface
    public interface Fields {
        /// @throws IOException if the stream fails
        void write(DataOutputStream out) throws IOException;
    }

    /// Bytes are those of another build of this program; says so in one line.
    public static final class OtherBuildException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;
        /// Who wrote them: a build, or a format.
        private final String writer;

        OtherBuildException(String whose, String writer, String here) {
            super(whose + " is another build: " + writer + ", here " + here);
            this.writer = writer;
        }

        /// Who wrote them: version and commit, or the format where even that is another one.
        public String writer() {
            return writer;
        }
    }

    /// Version and commit of the classes that run here.
    public static String build() {
        return BUILD;
    }

    /// Fields after their beginning.
    public static byte[] write(Fields fields) {
        return write(BUILD, fields);
    }

    /// The same as another build would sign them.
    public static byte[] write(String build, Fields fields) {
        return write(0, build, fields);
    }

    /// The same where the size is known, so that large bytes are not copied while they grow.
    ///
    /// @param size about how many bytes the fields are
    public static byte[] write(int size, Fields fields) {
        return write(size, BUILD, fields);
    }

    private static byte[] write(int size, String build, Fields fields) {
        try {
            return collect(size, out -> {
                begin(out, build);
                fields.write(out);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory takes everything
        }
    }

    /// Writes the beginning.
    static void begin(DataOutputStream out) throws IOException {
        begin(out, BUILD);
    }

    private static void begin(DataOutputStream out, String build) throws IOException {
        out.writeByte(VERSION);
        text(out, build);
    }

    /// What is written, without a beginning.
    ///
    /// @param size about how many bytes it will be
    static byte[] collect(int size, Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(size + HEAD_BYTES);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            fields.write(out);
        }
        return bytes.toByteArray();
    }

    /// Opens bytes at their fields.
    ///
    /// @param whose for the refusal: `the coordinator`, `site 2`
    /// @throws OtherBuildException if another build wrote them
    /// @throws IOException if they end early
    public static DataInputStream read(byte[] bytes, String whose) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new OtherBuildException(whose, "format " + version + " of tasks", Integer.toString(VERSION));
        }
        String build = text(in);
        if (!build.equals(BUILD)) {
            throw new OtherBuildException(whose, build, BUILD);
        }
        return in;
    }

    /// Writes a text.
    public static void text(DataOutputStream out, String text) throws IOException {
        bytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Reads a text.
    ///
    /// @throws IOException if it is not there whole
    public static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    /// Writes bytes.
    public static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /// Reads bytes.
    ///
    /// @throws IOException if they are not there whole
    public static byte[] bytes(DataInputStream in) throws IOException {
        return in.readNBytes(length(in, 1));
    }

    /// Writes numbers.
    public static void ints(DataOutputStream out, int[] values) throws IOException {
        out.writeInt(values.length);
        for (int value : values) {
            out.writeInt(value);
        }
    }

    /// Reads numbers.
    ///
    /// @throws IOException if they are not there whole
    public static int[] ints(DataInputStream in) throws IOException {
        int[] values = new int[length(in, Integer.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readInt();
        }
        return values;
    }

    /// A length that what is left can have.
    private static int length(DataInputStream in, int each) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available() / each) {
            throw new IOException("a field of " + length + (each == 1 ? " bytes, " : " numbers, ") + in.available()
                    + " bytes are left");
        }
        return length;
    }
}
