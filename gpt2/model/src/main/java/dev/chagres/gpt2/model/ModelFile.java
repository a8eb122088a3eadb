package dev.chagres.gpt2.model;

import dev.chagres.prove.file.ContentDigest;
import java.nio.charset.StandardCharsets;

/// Layout constants of the `.cgm` container; see docs/formats.md.
final class ModelFile {
    /// The first eight bytes.
    static final long MAGIC = magic("CHAGRESM");

    static final int VERSION = 4;

    /// File header, section headers and section starts are multiples of this.
    static final int ALIGNMENT = 64;

    static final int HEADER_BYTES = 64;

    /// Where the header has the [dev.chagres.prove.file.ContentDigest] of everything after it.
    static final int DIGEST_AT = 24;

    /// First byte of the header that is always zero.
    static final int HEADER_END = DIGEST_AT + ContentDigest.BYTES;

    /// Layer index of sections that belong to no layer.
    static final int NO_LAYER = -1;

    /// Kinds of positions in META.
    static final int LEARNED = 0;

    static final int ROTARY = 1;

    /// Kinds of MLPs in LAYR.
    static final int PLAIN = 0;

    static final int GATED = 1;

    private ModelFile() {}

    /// A section by its name.
    record Section(int tag, int layer) {
        Section(String tag, int layer) {
            this(ModelFile.tag(tag), layer);
        }

        @Override
        public String toString() {
            StringBuilder name = new StringBuilder();
            for (int i = 0; i < 4; i++) {
                name.append((char) (tag >>> (8 * i) & 0xff));
            }
            return layer == NO_LAYER ? name.toString() : name + " of layer " + layer;
        }
    }

    static long padded(long bytes) {
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    private static int tag(String name) {
        byte[] b = name.getBytes(StandardCharsets.US_ASCII);
        return b[0] | b[1] << 8 | b[2] << 16 | b[3] << 24;
    }

    private static long magic(String name) {
        byte[] b = name.getBytes(StandardCharsets.US_ASCII);
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | b[i];
        }
        return value;
    }
}
