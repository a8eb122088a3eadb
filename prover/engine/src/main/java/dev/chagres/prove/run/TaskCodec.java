package dev.chagres.prove.run;

import static dev.chagres.hash.Blake3Compression.DIGEST_BYTES;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.graph.Kept;
import dev.chagres.graph.SectionReduction.Fraction;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.prove.commit.RowRanges;
import dev.chagres.prove.stage.HostResult;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.store.Buffer;
import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.TilePoint;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Tasks of a proof and their results as bytes, for machines of one build. Whatever the bytes are, reading takes no more
/// memory than some times their number, and what was read has the sizes that the graph says. Big-endian, as [DataOutput]
/// writes; buffers as they lie in memory.
public final class TaskCodec {
    private TaskCodec() {}

    private enum Kind {
        COUNT, CHUNK, SECTION, DEFERRED, HEAD_SUMS, FOLD, COMBINE, COLUMNS
    }

    private static Kind kind(ProofTask<?> task) {
        return switch (task) {
            case CountTask _ -> Kind.COUNT;
            case ChunkTask _ -> Kind.CHUNK;
            case SectionTask _ -> Kind.SECTION;
            case DeferredTask _ -> Kind.DEFERRED;
            case HeadSumsTask _ -> Kind.HEAD_SUMS;
            case FoldTask _ -> Kind.FOLD;
            case CombineTask _ -> Kind.COMBINE;
            case ColumnsTask _ -> Kind.COLUMNS;
        };
    }

    /// The kind of a task, for listings: `count`, `chunk`, `section`, ...
    public static String name(ProofTask<?> task) {
        return kind(task).name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// Writes a task.
    public static void write(DataOutput out, ProofTask<?> task, TaskContext site) throws IOException {
        out.writeByte(kind(task).ordinal());
        task.write(out, site);
    }

    /// What tasks share, so that it is no part of their bytes.
    @FunctionalInterface
    public interface Batch {
        /// Asked when a task is read that has it.
        ClaimBatch get() throws IOException;
    }

    /// Reads what [#write(DataOutput, ProofTask, TaskContext)] has written.
    public static ProofTask<?> readTask(DataInput in, TaskContext site, Batch batch) throws IOException {
        return switch (Kind.values()[in.readUnsignedByte()]) {
            case COUNT -> new CountTask(readNumbers(in));
            case CHUNK -> new ChunkTask(in.readInt());
            case SECTION -> new SectionTask(in.readInt(), readBytes(in), readChallenges(in));
            case DEFERRED -> new DeferredTask(readBytes(in), readList(in, () -> readDeferral(in)));
            case HEAD_SUMS -> new HeadSumsTask(readNumbers(in), batch.get());
            case FOLD -> new FoldTask(in.readInt(), batch.get(), readElements(in));
            case COMBINE -> new CombineTask(readNumbers(in), readElements(in));
            case COLUMNS -> new ColumnsTask(in.readInt(), readInts(in));
        };
    }

    /// Writes the result of a task; that of a pass is closed.
    public static <R> void writeResult(DataOutput out, ProofTask<R> task, R result, TaskContext site)
            throws IOException {
        switch (result) {
            case TableCounts counts -> counts.write(out, site.graph().tables());
            case SectionProof proof -> {
                write(out, proof.fork(), site);
                write(out, proof.fraction().numerator().number());
                write(out, proof.fraction().denominator().number());
                write(out, proof.left());
            }
            case ForkProof proof -> write(out, proof, site);
            case Buffer buffer -> {
                // Chaining values lie as the kernels of this machine like them best; digests do not.
                try (Buffer digests = Buffer.raw(site.host().memory(), buffer.bytes())) {
                    site.host().kernels().hash().storeColumns(digests.address(), buffer.address(), columns(buffer),
                            DIGEST_BYTES);
                    write(out, digests);
                }
            }
            case PassResult pass -> {
                try (Buffer here = pass.toHost()) {
                    write(out, here);
                }
            }
            case int[][] words -> {
                out.writeInt(words.length);
                for (int[] column : words) {
                    write(out, column);
                }
            }
            default -> throw new IllegalArgumentException("result of " + task);
        }
    }

    /// Reads what [#writeResult] has written.
    @SuppressWarnings("unchecked") // every kind of task has one type of result
    public static <R> R readResult(DataInput in, ProofTask<R> task, TaskContext site) throws IOException {
        return (R) switch (task) {
            case CountTask _ -> TableCounts.read(in, site.graph().tables());
            case SectionTask _ -> new SectionProof(
                    readFork(in, site), new Fraction(readValue(in), readValue(in)), readDeferral(in));
            case DeferredTask _ -> readFork(in, site);
            case ChunkTask _ -> {
                try (Buffer digests = readBuffer(in, site, (long) DIGEST_BYTES << site.parameters().codeBits(0))) {
                    Buffer state = Buffer.raw(site.host().memory(), digests.bytes());
                    site.host().kernels().hash().loadColumns(state.address(), digests.address(), columns(digests));
                    yield state;
                }
            }
            case HeadSumsTask sums -> new HostResult(readBuffer(in, site, site.sumBytes(sums.batch())));
            case FoldTask _ -> new HostResult(readBuffer(in, site, 2 * Memory.extBytes(
                    (long) RowRanges.ROWS << site.space().k() - site.parameters().headBits())));
            case CombineTask _ -> new HostResult(readBuffer(in, site, Memory.extBytes(1L << site.space().k())));
            case ColumnsTask columns -> readWords(in, columns.positions().length,
                    columns.end(site) - columns.first());
        };
    }

    /// Frees a result.
    public static void close(Object result) {
        switch (result) {
            case Buffer buffer -> buffer.close();
            case PassResult pass -> pass.close();
            default -> { }
        }
    }

    private static long columns(Buffer digests) {
        return digests.bytes() / DIGEST_BYTES;
    }

    // --- values ------------------------------------------------------------------------------------------------------

    /// A length that the bytes which are left can have.
    ///
    /// @param unit least bytes of an element
    private static int length(DataInput in, int unit) throws IOException {
        int length = in.readInt();
        if (length < 0 || in instanceof InputStream left && length > left.available() / unit) {
            throw new IOException("no length: " + length);
        }
        return length;
    }

    static void write(DataOutput out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readBytes(DataInput in) throws IOException {
        byte[] bytes = new byte[length(in, 1)];
        in.readFully(bytes);
        return bytes;
    }

    static void write(DataOutput out, int[] values) throws IOException {
        out.writeInt(values.length);
        for (int v : values) {
            out.writeInt(v);
        }
    }

    private static int[] readInts(DataInput in) throws IOException {
        int[] values = new int[length(in, Integer.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readInt();
        }
        return values;
    }

    static void writeNumbers(DataOutput out, List<Integer> numbers) throws IOException {
        write(out, numbers.stream().mapToInt(n -> n).toArray());
    }

    private static List<Integer> readNumbers(DataInput in) throws IOException {
        return Arrays.stream(readInts(in)).boxed().toList();
    }

    static void write(DataOutput out, QM31 v) throws IOException {
        for (int c = 0; c < 4; c++) {
            out.writeInt(v.coordinate(c));
        }
    }

    static QM31 readElement(DataInput in) throws IOException {
        return new QM31(word(in), word(in), word(in), word(in));
    }

    private static int word(DataInput in) throws IOException {
        int word = in.readInt();
        if (word < 0 || word >= M31.P) {
            throw new IOException("no field element: " + Integer.toUnsignedString(word));
        }
        return word;
    }

    static void write(DataOutput out, QM31[] values) throws IOException {
        out.writeInt(values.length);
        for (QM31 v : values) {
            write(out, v);
        }
    }

    private static PrivateValue readValue(DataInput in) throws IOException {
        return PrivateValue.known(readElement(in));
    }

    private static QM31[] readElements(DataInput in) throws IOException {
        QM31[] values = new QM31[length(in, Memory.EXT_BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = readElement(in);
        }
        return values;
    }

    static void write(DataOutput out, LookupChallenges challenges) throws IOException {
        write(out, challenges.c());
        write(out, challenges.powers());
        write(out, challenges.separator());
    }

    private static LookupChallenges readChallenges(DataInput in) throws IOException {
        return new LookupChallenges(readElement(in), readElements(in), readElement(in));
    }

    private interface Reader<T> {
        T read() throws IOException;
    }

    private static <T> List<T> readList(DataInput in, Reader<T> element) throws IOException {
        List<T> list = new ArrayList<>();
        for (int n = length(in, 1); n > 0; n--) {
            list.add(element.read());
        }
        return list;
    }

    static void write(DataOutput out, Deferral deferral) throws IOException {
        out.writeInt(deferral.kept().size());
        for (Kept kept : deferral.kept()) {
            write(out, kept.points());
            write(out, Arrays.stream(kept.values()).map(PrivateValue::number).toArray(QM31[]::new));
        }
        out.writeInt(deferral.values().size());
        for (int[] values : deferral.values()) {
            write(out, values);
        }
    }

    private static Deferral readDeferral(DataInput in) throws IOException {
        return new Deferral(
                readList(in, () -> new Kept(readElements(in), PrivateValue.known(readElements(in)))),
                readList(in, () -> readInts(in)));
    }

    private static void write(DataOutput out, ForkProof proof, TaskContext site) throws IOException {
        write(out, proof.stream());
        write(out, proof.state());
        write(out, proof.claims(), site);
    }

    private static ForkProof readFork(DataInput in, TaskContext site) throws IOException {
        return new ForkProof(readBytes(in), readBytes(in), readClaims(in, site));
    }

    /// Claims, with columns as their number in their tree.
    static void write(DataOutput out, List<Claim> claims, TaskContext site) throws IOException {
        out.writeInt(claims.size());
        for (Claim claim : claims) {
            Column.Tree tree = claim.column().tree();
            out.writeByte(tree.ordinal());
            out.writeInt(site.columns(tree).indexOf(claim.column()));
            write(out, claim.low());
            out.writeInt(claim.first());
            write(out, claim.weights());
            write(out, claim.value().number());
        }
    }

    static List<Claim> readClaims(DataInput in, TaskContext site) throws IOException {
        List<Claim> claims = new ArrayList<>();
        for (int n = length(in, 1); n > 0; n--) {
            Column.Tree tree = Column.Tree.values()[in.readUnsignedByte()];
            claims.add(new Claim(site.columns(tree).get(in.readInt()),
                    new TilePoint(readElements(in), in.readInt(), readElements(in)), readValue(in)));
        }
        return claims;
    }

    private static void write(DataOutput out, Buffer buffer) throws IOException {
        out.writeLong(buffer.bytes());
        byte[] chunk = new byte[1 << 16];
        ByteBuffer view = Memory.ALL.asSlice(buffer.address(), buffer.bytes()).asByteBuffer();
        while (view.hasRemaining()) {
            int n = Math.min(chunk.length, view.remaining());
            view.get(chunk, 0, n);
            out.write(chunk, 0, n);
        }
    }

    private static int[][] readWords(DataInput in, int positions, int rows) throws IOException {
        int[][] words = readList(in, () -> readInts(in)).toArray(int[][]::new);
        if (words.length != positions || Arrays.stream(words).anyMatch(w -> w.length != rows)) {
            throw new IOException("not the words of " + rows + " rows at " + positions + " positions");
        }
        return words;
    }

    /// @param bytes that it must have
    private static Buffer readBuffer(DataInput in, TaskContext site, long bytes) throws IOException {
        long size = in.readLong();
        if (size != bytes) {
            throw new IOException("a result of " + size + " bytes, not of " + bytes);
        }
        Buffer buffer = Buffer.raw(site.host().memory(), size);
        byte[] chunk = new byte[1 << 16];
        ByteBuffer view = Memory.ALL.asSlice(buffer.address(), buffer.bytes()).asByteBuffer();
        while (view.hasRemaining()) {
            int n = Math.min(chunk.length, view.remaining());
            readFully(in, chunk, n, buffer);
            view.put(chunk, 0, n);
        }
        return buffer;
    }

    private static void readFully(DataInput in, byte[] chunk, int n, Buffer buffer) throws IOException {
        try {
            in.readFully(chunk, 0, n);
        } catch (IOException e) {
            buffer.close();
            throw e;
        }
    }
}
