package dev.chagres.gpt2.model;

import dev.chagres.prove.file.ContentDigest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Layout constants of the `.cgm` container and the order of its sections; see docs/formats.md.
final class ModelFile {
    /// The first eight bytes.
    static final long MAGIC = magic("CHAGRESM");

    static final int VERSION = 3;

    /// File header, section headers and section starts are multiples of this.
    static final int ALIGNMENT = 64;

    static final int HEADER_BYTES = 64;

    /// Where the header has the [dev.chagres.prove.file.ContentDigest] of everything after it.
    static final int DIGEST_AT = 24;

    /// First byte of the header that is always zero.
    static final int HEADER_END = DIGEST_AT + ContentDigest.BYTES;

    /// Layer index of sections that belong to no layer.
    static final int NO_LAYER = -1;

    private static final List<String> LAYER_TAGS = List.of(
            "LAYR", "WQRY", "BQRY", "WKEY", "BKEY", "WVAL", "BVAL", "WOUT", "BOUT", "WUPP", "BUPP", "GELU", "WDWN",
            "BDWN");

    private ModelFile() {}

    /// One section in file order.
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

    /// The sections of a model with the given number of layers, in the only order there is.
    static List<Section> sections(int layers) {
        List<Section> sections = new ArrayList<>();
        for (String tag : List.of("META", "RSQR", "EPST", "EXPT", "EMBE", "POSI")) {
            sections.add(new Section(tag, NO_LAYER));
        }
        for (int l = 0; l < layers; l++) {
            for (String tag : LAYER_TAGS) {
                sections.add(new Section(tag, l));
            }
        }
        sections.add(new Section("WHED", NO_LAYER));
        sections.add(new Section("BHED", NO_LAYER));
        sections.add(new Section("BASI", NO_LAYER));
        return sections;
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
