package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// The tensors of a model folder, whichever file holds them and whether or not their names carry the
/// `transformer.` prefix.
final class TensorStore implements AutoCloseable {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final String PREFIX = "transformer.";

    private record Entry(SafetensorsFile file, String name) {}

    private final Path folder;
    private final List<SafetensorsFile> files = new ArrayList<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private TensorStore(Path folder) {
        this.folder = folder;
    }

    static TensorStore open(Path folder) {
        TensorStore store = new TensorStore(folder);
        try {
            if (Files.exists(folder.resolve(SINGLE))) {
                store.add(SafetensorsFile.open(folder.resolve(SINGLE)));
            } else if (Files.exists(folder.resolve(INDEX))) {
                store.addShards(folder.resolve(INDEX));
            } else {
                throw new FileFormatException(folder, "has neither " + SINGLE + " nor " + INDEX);
            }
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private void addShards(Path index) {
        JsonNode map = Json.read(index).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new FileFormatException(index, "weight_map is missing");
        }
        TreeSet<String> shards = new TreeSet<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            String shard = entry.getValue().asString("");
            // A plain file name only: an index must not reach outside its folder.
            if (!shard.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
                throw new FileFormatException(index, "tensor " + entry.getKey() + " is in " + entry.getValue()
                        + ", which is not a file name");
            }
            shards.add(shard);
        }
        for (String shard : shards) {
            add(SafetensorsFile.open(folder.resolve(shard)));
        }
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            Entry found = entries.get(plain(entry.getKey()));
            Path shard = folder.resolve(entry.getValue().asString());
            if (found == null || !found.file().path().equals(shard)) {
                throw new FileFormatException(shard, "tensor " + entry.getKey() + " is missing, " + INDEX + " places it here");
            }
        }
    }

    private void add(SafetensorsFile file) {
        files.add(file);
        for (String name : file.names()) {
            Entry previous = entries.put(plain(name), new Entry(file, name));
            if (previous != null) {
                throw new FileFormatException(
                        file.path(), "tensor " + name + " is also in " + previous.file().path() + " as " + previous.name());
            }
        }
    }

    private static String plain(String name) {
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    }

    boolean contains(String name) {
        return entries.containsKey(name);
    }

    void ignore(String name) {
        entries.remove(name);
    }

    Path file(String name) {
        return entries.get(name).file().path();
    }

    /// Whether both tensors are present and hold the same bytes.
    boolean sameBytes(String name, String otherName) {
        Entry a = entries.get(name);
        Entry b = entries.get(otherName);
        return a != null && b != null && a.file().sameBytes(a.name(), b.file(), b.name());
    }

    /// Checks that exactly the tensors of `shapes` are here, optional ones and mask buffers aside.
    void check(Map<String, List<Integer>> shapes) {
        Path missingIn = files.size() == 1 ? files.getFirst().path() : folder;
        for (Map.Entry<String, List<Integer>> expected : shapes.entrySet()) {
            String name = expected.getKey();
            Entry entry = entries.get(name);
            if (entry == null) {
                if (!TensorShapes.isOptional(name)) {
                    throw new FileFormatException(missingIn, "tensor " + name + " is missing");
                }
                continue;
            }
            TensorInfo info = entry.file().info(entry.name());
            List<Long> shape = expected.getValue().stream().map(Integer::longValue).toList();
            if (!info.shape().equals(shape)) {
                throw new FileFormatException(entry.file().path(), "tensor " + entry.name() + " has shape "
                        + info.shape() + ", config.json implies " + shape);
            }
            if (!info.type().isReadable()) {
                throw new FileFormatException(entry.file().path(), "tensor " + entry.name() + " has type "
                        + info.type() + ", need F32, F16, BF16 or F64");
            }
        }
        for (Map.Entry<String, Entry> stored : entries.entrySet()) {
            if (!shapes.containsKey(stored.getKey()) && !TensorShapes.isMaskBuffer(stored.getKey())) {
                throw new FileFormatException(stored.getValue().file().path(), "tensor "
                        + stored.getValue().name() + " is not part of the GPT-2 model in config.json");
            }
        }
    }

    /// Elements of a tensor.
    ///
    /// @throws FileFormatException if one of them is NaN or infinite
    float[] readFinite(String name, long from, int count) {
        Entry entry = entries.get(name);
        float[] values = entry.file().read(entry.name(), from, count);
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw new FileFormatException(entry.file().path(), "tensor " + entry.name() + " has value "
                        + values[i] + " at element " + (from + i));
            }
        }
        return values;
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
