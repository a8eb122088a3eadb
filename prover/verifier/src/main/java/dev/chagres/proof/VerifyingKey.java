package dev.chagres.proof;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.hash.Blake3;
import dev.chagres.model.ModelSpec;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a verifier needs to know of a model: its public numbers, the parameters of the proof system and the root of its
/// committed weights. A few kilobytes; the `.vk` file is its encoding (docs/formats.md).
///
/// The tokenizer is carried along to print texts; it takes no part in the proof.
public final class VerifyingKey {
    private static final byte[] MAGIC = "CHGRSVK1".getBytes(StandardCharsets.US_ASCII);
    private static final int ROOT_BYTES = 32;
    private static final int MAX_TEXT = 1 << 16;

    private final String name;
    private final TokenizerInfo tokenizer;
    private final ModelSpec spec;
    private final CommitmentParameters parameters;
    private final byte[] root;
    private final byte[] encoded;

    public VerifyingKey(String name, TokenizerInfo tokenizer, ModelSpec spec, CommitmentParameters parameters, byte[] root) {
        this.name = name;
        this.tokenizer = tokenizer;
        this.spec = spec;
        this.parameters = parameters;
        this.root = root.clone();
        this.encoded = write();
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
        return Blake3.hash(encoded);
    }

    /// The canonical encoding.
    public byte[] encode() {
        return encoded.clone();
    }

    private byte[] write() {
        byte[] description = spec.encode();
        byte[] block = parameters.toBytes();
        List<byte[]> texts = new ArrayList<>();
        texts.add(utf8(name));
        tokenizer.tokens().forEach(t -> texts.add(utf8(t)));
        int size = MAGIC.length + 8 + texts.stream().mapToInt(t -> 4 + t.length).sum()
                + 8 + description.length + block.length + ROOT_BYTES;
        ByteBuffer b = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        b.put(MAGIC).putInt(tokenizer.kind().ordinal()).putInt(tokenizer.tokens().size());
        texts.forEach(t -> b.putInt(t.length).put(t));
        b.putInt(description.length).put(description).putInt(block.length).put(block).put(root);
        return b.array();
    }

    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    /// Reads an encoding.
    ///
    /// @throws IllegalArgumentException saying what is wrong with it
    public static VerifyingKey decode(byte[] bytes) {
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            byte[] magic = new byte[MAGIC.length];
            b.get(magic);
            if (!Arrays.equals(magic, MAGIC)) {
                throw new IllegalArgumentException("not a Chagres verifying key of version 1");
            }
            int kind = b.getInt();
            if (kind < 0 || kind >= TokenizerInfo.Kind.values().length) {
                throw new IllegalArgumentException("unknown tokenizer kind " + kind);
            }
            int count = b.getInt();
            if (count < 0 || count > b.remaining() / 4) {
                throw new IllegalArgumentException(count + " tokenizer entries");
            }
            String name = text(b);
            List<String> tokens = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                tokens.add(text(b));
            }
            ModelSpec spec = ModelFamilies.of("gpt2").decode(block(b));
            CommitmentParameters parameters = CommitmentParameters.fromBytes(block(b));
            byte[] root = new byte[ROOT_BYTES];
            b.get(root);
            VerifyingKey key = new VerifyingKey(
                    name, new TokenizerInfo(TokenizerInfo.Kind.values()[kind], tokens), spec, parameters, root);
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

    private static String text(ByteBuffer b) {
        int length = b.getInt();
        if (length < 0 || length > MAX_TEXT || length > b.remaining()) {
            throw new IllegalArgumentException("a text of " + length + " bytes");
        }
        byte[] utf8 = new byte[length];
        b.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static byte[] block(ByteBuffer b) {
        int length = b.getInt();
        if (length < 0 || length > b.remaining()) {
            throw new IllegalArgumentException("a block of " + length + " bytes");
        }
        byte[] block = new byte[length];
        b.get(block);
        return block;
    }
}
