package dev.chagres.proof;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MerkleProof;
import dev.chagres.hash.Blake3;
import dev.chagres.model.ModelSpec;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// What a verifier needs to know of a model: its public numbers, the parameters of the proof system and the root of its
/// committed weights. A few kilobytes and its tokenizer; the `.vk` file is its encoding (docs/formats.md).
///
/// The tokenizer is carried along to print texts; it takes no part in the proof.
public final class VerifyingKey {
    /// No encoding is longer.
    public static final int MAX_BYTES = 1 << 25;
    /// A model's name has at most this many bytes of UTF-8.
    public static final int MAX_NAME_BYTES = 255;

    private static final String MAGIC = "CHGRSVK";
    private static final char VERSION = '4';
    private static final int MAGIC_BYTES = MAGIC.length() + 1;
    private static final int MAX_FAMILY_BYTES = 64;
    /// No description or parameters are longer.
    private static final int MAX_BLOCK_BYTES = 1 << 20;
    private static final int ROOT_BYTES = MerkleProof.NODE_BYTES;

    private final String name;
    private final TokenizerInfo tokenizer;
    private final ModelSpec spec;
    private final CommitmentParameters parameters;
    private final byte[] root;
    private final byte[] encoded;
    private final byte[] digest;

    /// @param name free text, at most [#MAX_NAME_BYTES] bytes of UTF-8
    /// @param root 28 bytes
    /// @throws IllegalArgumentException if the name is too long or the root is not one
    public VerifyingKey(String name, TokenizerInfo tokenizer, ModelSpec spec, CommitmentParameters parameters,
            byte[] root) {
        if (utf8(name).length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("the model name is longer than " + MAX_NAME_BYTES + " bytes");
        }
        if (root.length != ROOT_BYTES) {
            throw new IllegalArgumentException("a root of " + root.length + " bytes");
        }
        this.name = name;
        this.tokenizer = tokenizer;
        this.spec = spec;
        this.parameters = parameters;
        this.root = root.clone();
        this.encoded = write();
        this.digest = Blake3.hash(encoded);
    }

    /// Reads a `.vk` file, or a key that comes through a stream with a path.
    ///
    /// @throws IOException naming the file if it cannot be read or is no verifying key
    public static VerifyingKey open(Path file) throws IOException {
        byte[] bytes = BoundedFiles.read(file, MAX_BYTES);
        try {
            return decode(bytes);
        } catch (IllegalArgumentException e) {
            throw BoundedFiles.failure(file, "cannot be read as a verifying key: " + e.getMessage(), e);
        }
    }

    /// Verifies a proof file with this key.
    ///
    /// @throws IOException as [Verifier#verify(Path)]
    public Verdict verify(Path proof) throws IOException {
        return new Verifier(this).verify(proof);
    }

    public String name() {
        return name;
    }

    public TokenizerInfo tokenizer() {
        return tokenizer;
    }

    public ModelSpec spec() {
        return spec;
    }

    public CommitmentParameters parameters() {
        return parameters;
    }

    /// Merkle root of the weights and table columns.
    public byte[] root() {
        return root.clone();
    }

    /// BLAKE3 of the encoding: the identity of the model, absorbed by every transcript.
    public byte[] digest() {
        return digest.clone();
    }

    /// The canonical encoding.
    public byte[] encode() {
        return encoded.clone();
    }

    private byte[] write() {
        List<byte[]> blocks = List.of(utf8(spec.family()), utf8(name), tokenizer.encode(), spec.encode(),
                parameters.toBytes());
        int size = MAGIC_BYTES + blocks.stream().mapToInt(b -> Integer.BYTES + b.length).sum() + ROOT_BYTES;
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(utf8(MAGIC + VERSION));
        blocks.forEach(b -> out.putInt(b.length).put(b));
        return out.put(root).array();
    }

    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    /// Reads an encoding.
    ///
    /// @throws IllegalArgumentException saying what is wrong with it
    public static VerifyingKey decode(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(bytes.length + " bytes, a verifying key has at most " + MAX_BYTES);
        }
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            magic(b);
            String family = text(b, "family", MAX_FAMILY_BYTES);
            String name = text(b, "name", MAX_NAME_BYTES);
            TokenizerInfo tokenizer = TokenizerInfo.decode(block(b, "tokenizer", TokenizerInfo.MAX_ENCODED_BYTES));
            ModelSpec spec = ModelFamilies.of(family).decode(block(b, "description", MAX_BLOCK_BYTES));
            CommitmentParameters parameters =
                    CommitmentParameters.fromBytes(block(b, "block of parameters", MAX_BLOCK_BYTES));
            byte[] root = new byte[ROOT_BYTES];
            b.get(root);
            VerifyingKey key = new VerifyingKey(name, tokenizer, spec, parameters, root);
            if (!Arrays.equals(key.encoded, bytes)) {
                throw new IllegalArgumentException("the verifying key is not in canonical form");
            }
            // Whatever a key asks for that cannot be compiled is refused here, not when a proof arrives.
            MatrixLayout.of(spec.inference(1).keyColumns(), parameters.k());
            return key;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the verifying key ends early", e);
        }
    }

    private static void magic(ByteBuffer b) {
        byte[] bytes = new byte[MAGIC_BYTES];
        b.get(bytes);
        String magic = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!magic.startsWith(MAGIC)) {
            throw new IllegalArgumentException("not a Chagres verifying key");
        }
        if (magic.charAt(MAGIC.length()) != VERSION) {
            throw new IllegalArgumentException("version " + magic.charAt(MAGIC.length())
                    + ", but this program reads version " + VERSION + "; run setup again");
        }
    }

    private static String text(ByteBuffer b, String what, int limit) {
        return new String(block(b, what, limit), StandardCharsets.UTF_8);
    }

    private static byte[] block(ByteBuffer b, String what, int limit) {
        int length = b.getInt();
        if (length < 0 || length > limit || length > b.remaining()) {
            throw new IllegalArgumentException("a " + what + " of " + length + " bytes");
        }
        byte[] block = new byte[length];
        b.get(block);
        return block;
    }
}
