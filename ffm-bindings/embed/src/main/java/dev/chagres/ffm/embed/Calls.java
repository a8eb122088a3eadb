package dev.chagres.ffm.embed;

import dev.chagres.model.ModelLimits;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.MemoryLimit;
import dev.chagres.statement.Binding;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/// The functions that C calls, in the order and with the types of `native/src/embed/table.h`, and the objects that it
/// knows. C has checked that pointers are there; `text` is where [Table] writes the line about what is thrown here.
final class Calls {
    /// Names in the order of the table.
    static final List<String> FUNCTIONS = List.of("engineOpen", "engineClose", "proverOpen", "proverClose", "proverKey",
            "prove", "keyOpen", "keyClose", "keyModel", "verify", "encode", "decode");

    private static final int MOST_THREADS = 1024;
    /// Place of the first id that ends a text among the numbers of a model.
    private static final int FIRST_END = 4;

    private final Host host;
    private final Handles<OpenEngine> engines = new Handles<>("engine");
    private final Handles<OpenProver> provers = new Handles<>("prover");
    private final Handles<OpenKey> keys = new Handles<>("key");

    Calls(Host host) {
        this.host = host;
    }

    int engineOpen(MemorySegment text, MemorySegment spill, long memory, int threads, MemorySegment log,
            MemorySegment user, MemorySegment engine) {
        Engine.Builder builder = Engine.builder();
        if (threads > MOST_THREADS) {
            throw new IllegalArgumentException(threads + " threads, at most " + MOST_THREADS + " are possible");
        }
        if (threads > 0) {
            builder.threads(threads);
        }
        limit(memory, spill, builder);
        HostLog lines = HostLog.open(host, log, user);
        Engine built = null;
        try {
            built = builder.build();
            HostMemory.put(engine, engines.add(new OpenEngine(built, lines)));
        } catch (RuntimeException | Error e) {
            lines.close();
            if (built != null) {
                built.close();
            }
            throw e;
        }
        return Status.OK.code();
    }

    private static void limit(long memory, MemorySegment spill, Engine.Builder builder) {
        Path folder = spill.address() == 0 ? null : path(spill);
        if (folder != null && !(Files.isDirectory(folder) && Files.isWritable(folder))) {
            throw new IllegalArgumentException("spill " + folder + " is not a folder that can be written to");
        }
        if (memory < 0) {
            throw new IllegalArgumentException(Long.toUnsignedString(memory) + " bytes are no amount of memory that a"
                    + " machine can have");
        }
        if (memory > 0) {
            builder.memory(new MemoryLimit(memory,
                    folder == null ? Path.of(System.getProperty("java.io.tmpdir")) : folder));
        }
    }

    /// @throws IllegalArgumentException if this process cannot use the name
    private static Path path(MemorySegment name) {
        String text = HostMemory.string(name);
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(text + ": this locale has no such file names; set LC_ALL=C.UTF-8 before"
                    + " the process starts", e);
        }
    }

    int engineClose(MemorySegment text, long engine) throws InterruptedException {
        OpenEngine open = engines.find(engine);
        if (open != null) {
            try {
                open.close().forEach(provers::remove);
            } finally {
                engines.remove(engine);
            }
        }
        return Status.OK.code();
    }

    int proverOpen(MemorySegment text, long engine, MemorySegment file, MemorySegment prover) {
        OpenProver open = engines.get(engine).prover(path(file));
        HostMemory.put(prover, provers.add(open));
        return Status.OK.code();
    }

    int proverClose(MemorySegment text, long prover) throws InterruptedException {
        OpenProver open = provers.find(prover);
        if (open != null) {
            try {
                open.close();
            } finally {
                provers.remove(prover);
            }
        }
        return Status.OK.code();
    }

    int proverKey(MemorySegment text, long prover, MemorySegment key) {
        HostMemory.put(key, keys.add(new OpenKey(provers.get(prover).verifyingKey())));
        return Status.OK.code();
    }

    int prove(MemorySegment text, long prover, MemorySegment prompt, long n, int generate, MemorySegment binding,
            long bindingBytes, MemorySegment job) {
        OpenProver open = provers.get(prover);
        ModelLimits limits = open.verifyingKey().spec().limits();
        if (Long.compareUnsigned(n, limits.context()) > 0) {
            throw new IllegalArgumentException("the prompt has " + Long.toUnsignedString(n)
                    + " tokens, the context of this model is " + limits.context());
        }
        if (Long.compareUnsigned(bindingBytes, Binding.MAX_BYTES) > 0) {
            throw new IllegalArgumentException("a proof can be bound to at most " + Binding.MAX_BYTES + " bytes, not "
                    + Long.toUnsignedString(bindingBytes) + "; bind it to their digest");
        }
        open.prove(HostMemory.ints(prompt, n), generate, Binding.of(HostMemory.bytes(binding, bindingBytes)),
                new HostSink(host, job));
        return Status.OK.code();
    }

    int keyOpen(MemorySegment text, MemorySegment bytes, long n, MemorySegment key) {
        // The decoder refuses what is longer than a key; it need not be copied for that.
        long most = VerifyingKey.MAX_BYTES + 1L;
        byte[] encoded = HostMemory.bytes(bytes, Long.compareUnsigned(n, most) > 0 ? most : n);
        HostMemory.put(key, keys.add(new OpenKey(VerifyingKey.decode(encoded))));
        return Status.OK.code();
    }

    int keyClose(MemorySegment text, long key) {
        keys.remove(key);
        return Status.OK.code();
    }

    int keyModel(MemorySegment text, long key, MemorySegment numbers, MemorySegment digest, MemorySegment name,
            long nameBytes) {
        VerifyingKey open = keys.get(key).key();
        ModelLimits limits = open.spec().limits();
        int[] values = new int[FIRST_END + ModelLimits.MAX_ENDS];
        values[0] = limits.context();
        values[1] = limits.vocabulary();
        values[2] = open.tokenizer().size() > 0 ? 1 : 0;
        values[3] = limits.endOfText().size();
        for (int i = 0; i < ModelLimits.MAX_ENDS; i++) {
            values[FIRST_END + i] = i < values[3] ? limits.endOfText().get(i) : -1;
        }
        HostMemory.put(numbers, values.length, values);
        byte[] identity = open.digest();
        HostMemory.put(digest, identity.length, identity);
        HostMemory.put(name, nameBytes, open.name());
        return Status.OK.code();
    }

    int verify(MemorySegment text, long key, MemorySegment proof, long n, MemorySegment numbers, MemorySegment ids,
            MemorySegment lengths, MemorySegment binding, MemorySegment bindingBytes, MemorySegment check,
            long checkBytes, MemorySegment reason, long reasonBytes) {
        OpenKey open = keys.get(key);
        switch (open.verify(new HostStream(proof, n))) {
            case Verdict.Accepted a -> {
                HostMemory.put(numbers, 3, new int[] {1, ending(a), a.securityBits()});
                HostMemory.put(ids, copy(a.sequence().ids()));
                HostMemory.put(lengths, a.sequence().promptLength());
                HostMemory.put(MemorySegment.ofAddress(lengths.address() + Long.BYTES), a.sequence().generatedLength());
                byte[] bound = a.binding().bytes();
                MemorySegment copy = host.allocate(bound.length);
                HostMemory.put(copy, bound.length, bound);
                HostMemory.put(binding, copy);
                HostMemory.put(bindingBytes, bound.length);
                HostMemory.put(check, checkBytes, "");
                HostMemory.put(reason, reasonBytes, a.toString().lines().findFirst().orElseThrow());
            }
            case Verdict.Rejected r -> {
                HostMemory.put(numbers, 3, new int[] {0, 0, 0});
                HostMemory.put(check, checkBytes, r.check());
                HostMemory.put(reason, reasonBytes, r.toString());
            }
        }
        return Status.OK.code();
    }

    /// `enum chagres_ending` of the header.
    private static int ending(Verdict.Accepted verdict) {
        return switch (verdict.ending()) {
            case CUT -> 0;
            case END_OF_TEXT -> 1;
            case CONTEXT_FULL -> 2;
        };
    }

    private MemorySegment copy(int[] values) {
        MemorySegment copy = host.allocate((long) values.length * Integer.BYTES);
        HostMemory.put(copy, values.length, values);
        return copy;
    }

    int encode(MemorySegment text, long key, MemorySegment utf8, long n, MemorySegment ids, long capacity,
            MemorySegment count) {
        int[] encoded = keys.get(key).tokenizer().encode(HostMemory.utf8(utf8, n));
        HostMemory.put(count, encoded.length);
        if (Long.compareUnsigned(encoded.length, capacity) <= 0) {
            HostMemory.put(ids, encoded.length, encoded);
        }
        return Status.OK.code();
    }

    int decode(MemorySegment text, long key, MemorySegment ids, long n, MemorySegment utf8, long capacity,
            MemorySegment count) {
        byte[] decoded = keys.get(key).tokenizer().decode(HostMemory.ints(ids, n)).getBytes(StandardCharsets.UTF_8);
        HostMemory.put(count, decoded.length);
        if (Long.compareUnsigned(decoded.length, capacity) <= 0) {
            HostMemory.put(utf8, decoded.length, decoded);
        }
        return Status.OK.code();
    }
}
