package dev.chagres.tokenizer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The metadata of a trusted GGUF file (version 3), for tests: strings, numbers as Long, arrays as lists.
final class Gguf {
    private final ByteBuffer in;

    private Gguf(ByteBuffer in) {
        this.in = in;
    }

    static Map<String, Object> metadata(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            Gguf gguf = new Gguf(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN));
            gguf.in.position(16);
            Map<String, Object> metadata = new HashMap<>();
            for (long left = gguf.in.getLong(); left > 0; left--) {
                String key = gguf.string();
                metadata.put(key, gguf.value(gguf.in.getInt()));
            }
            return metadata;
        }
    }

    private String string() {
        byte[] bytes = new byte[(int) in.getLong()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private Object value(int type) {
        return switch (type) {
            case 0, 1, 7 -> (long) in.get();
            case 2, 3 -> (long) in.getShort();
            case 4, 5, 6 -> (long) in.getInt();
            case 8 -> string();
            case 9 -> array();
            case 10, 11, 12 -> in.getLong();
            default -> throw new IllegalStateException("type " + type);
        };
    }

    private List<Object> array() {
        int type = in.getInt();
        List<Object> items = new ArrayList<>();
        for (long left = in.getLong(); left > 0; left--) {
            items.add(value(type));
        }
        return items;
    }
}
