package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.file.PrintableText;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// The tensors of a model folder, whichever file holds them and whatever prefixes training wrappers left on their
/// names.
final class TensorStore implements TensorAccess {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private static final String HEAD = "lm_head.weight";

    /// Of GPT2LMHeadModel, torch.compile, DataParallel and common training wrappers, in any order and number.
    private static final List<String> PREFIXES = List.of("transformer.", "_orig_mod.", "module.", "model.");

    private record Entry(SafetensorsFile file, String name) {
        String shown() {
            return "tensor " + PrintableText.of(name);
        }
    }

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
                throw new FileFormatException(folder, "has neither " + SINGLE + " nor " + INDEX
                        + otherWeights(folder));
            }
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /// What to do with the weights that the folder has under another name; empty if it has none.
    private static String otherWeights(Path folder) {
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(folder, "*.{safetensors,bin,pt,pth,ckpt,h5,msgpack,gguf}")) {
            found.forEach(p -> names.add(p.getFileName().toString()));
        } catch (IOException e) {
            throw new FileFormatException(folder, "cannot be read: " + e.getMessage(), e);
        }
        if (names.isEmpty()) {
            return "";
        }
        String name = names.getFirst();
        return ", but " + PrintableText.of(name) + (name.endsWith(".safetensors")
                ? "; rename it if it holds the whole model"
                : name.endsWith(".gguf") ? "; give that file in place of the folder"
                : "; convert the model to safetensors");
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
                throw new FileFormatException(index, "tensor " + PrintableText.of(entry.getKey()) + " is in "
                        + PrintableText.of(entry.getValue()) + ", which is not a file name");
            }
            shards.add(shard);
        }
        for (String shard : shards) {
            if (!Files.exists(folder.resolve(shard))) {
                throw new FileFormatException(folder.resolve(shard), "no such file, but " + INDEX
                        + " lists it; download all files that it lists");
            }
            add(SafetensorsFile.open(folder.resolve(shard)));
        }
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            Entry found = entries.get(plain(entry.getKey()));
            Path shard = folder.resolve(entry.getValue().asString());
            if (found == null || !found.file().path().equals(shard)) {
                throw new FileFormatException(shard, "tensor " + PrintableText.of(entry.getKey()) + " is missing, "
                        + INDEX + " places it here");
            }
        }
    }

    private void add(SafetensorsFile file) {
        files.add(file);
        for (String name : file.names()) {
            Entry previous = entries.put(plain(name), new Entry(file, name));
            if (previous != null) {
                throw new FileFormatException(file.path(), "tensor " + PrintableText.of(name) + " is also in "
                        + previous.file().path() + " as " + PrintableText.of(previous.name()));
            }
        }
    }

    private static String plain(String name) {
        for (String prefix : PREFIXES) {
            if (name.startsWith(prefix)) {
                return plain(name.substring(prefix.length()));
            }
        }
        return name;
    }

    @Override
    public boolean contains(String name) {
        return entries.containsKey(name);
    }

    void ignore(String name) {
        entries.remove(name);
    }

    /// Lets a stored tensor count as another one.
    void rename(String name, String newName) {
        entries.put(newName, entries.remove(name));
    }

    Path file(String name) {
        return entries.get(name).file().path();
    }

    /// Rows of a matrix; empty if there is no such matrix or it has no or more than 2^31 - 1 rows.
    OptionalInt rows(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            return OptionalInt.empty();
        }
        List<Long> shape = entry.file().info(entry.name()).shape();
        return shape.size() == 2 && shape.getFirst() > 0 && shape.getFirst() <= Integer.MAX_VALUE
                ? OptionalInt.of(shape.getFirst().intValue()) : OptionalInt.empty();
    }

    /// Whether a tensor is present and has these extents in reverse.
    boolean isTransposed(String name, List<Integer> shape) {
        Entry entry = entries.get(name);
        return entry != null && entry.file().info(entry.name()).shape().equals(longs(shape.reversed()));
    }

    /// Whether both tensors hold the same values; of different types, whether the finer one rounds to the coarser one.
    boolean sameValues(String name, String otherName) {
        Entry a = entries.get(name);
        Entry b = entries.get(otherName);
        return a.file().sameValues(a.name(), b.file(), b.name());
    }

    /// Settles which tensor is the head: one that the configuration does not mention must change nothing.
    ///
    /// @param tokens name of the token embedding
    void checkHead(Architecture architecture, String tokens) {
        if (!architecture.tiedEmbeddings() || !contains(HEAD)) {
            return;
        }
        if (!contains(tokens)) {
            rename(HEAD, tokens);
        } else if (sameValues(HEAD, tokens)) {
            ignore(HEAD);
        } else {
            throw new FileFormatException(file(HEAD), "tensor " + HEAD + " differs from " + tokens
                    + ", but config.json has tie_word_embeddings true");
        }
    }

    /// Checks that exactly the tensors of `shapes` are here, optional ones and buffers aside.
    ///
    /// @param optional whether a tensor may be missing
    /// @param family named in messages
    void check(Map<String, List<Integer>> shapes, Predicate<String> optional, String family) {
        Path missingIn = files.size() == 1 ? files.getFirst().path() : folder;
        for (Map.Entry<String, List<Integer>> expected : shapes.entrySet()) {
            String name = expected.getKey();
            Entry entry = entries.get(name);
            if (entry == null) {
                if (!optional.test(name)) {
                    throw new FileFormatException(missingIn, "tensor " + name + " is missing");
                }
                continue;
            }
            TensorInfo info = entry.file().info(entry.name());
            List<Long> shape = longs(expected.getValue());
            if (!info.shape().equals(shape)) {
                throw new FileFormatException(entry.file().path(), entry.shown() + " has shape "
                        + PrintableText.of(info.shape()) + ", config.json implies " + shape);
            }
            if (!info.type().isReadable()) {
                throw new FileFormatException(entry.file().path(), entry.shown() + " has type " + info.type()
                        + ", need F32, F16, BF16 or F64");
            }
        }
        for (Map.Entry<String, Entry> stored : entries.entrySet()) {
            if (!shapes.containsKey(stored.getKey()) && !TensorShapes.isBuffer(stored.getKey())) {
                throw new FileFormatException(stored.getValue().file().path(), stored.getValue().shown()
                        + " is not part of the " + family + " model in config.json");
            }
        }
    }

    private static List<Long> longs(List<Integer> shape) {
        return shape.stream().map(Integer::longValue).toList();
    }

    @Override
    public float[] readFinite(String name, long from, int count) {
        Entry entry = entries.get(name);
        float[] values = entry.file().read(entry.name(), from, count);
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw new FileFormatException(entry.file().path(), entry.shown() + " has value "
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
