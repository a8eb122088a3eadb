package dev.chagres.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/// Little-endian numbers and strings of a file, front to back, through a small buffer.
final class GgufBytes {
    /// A string is text for people, a chat template or a token.
    private static final int LONGEST_STRING = 1 << 24;

    private final FileChannel channel;
    private final long size;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    /// Bytes of the file before the end of the buffer.
    private long read;

    GgufBytes(FileChannel channel) throws IOException {
        this.channel = channel;
        size = channel.size();
    }

    /// Bytes of the whole file.
    long size() {
        return size;
    }

    /// The byte that is read next.
    long position() {
        return read - buffer.remaining();
    }

    long remaining() {
        return size - position();
    }

    byte int8() throws IOException {
        return next(1).get();
    }

    short int16() throws IOException {
        return next(2).getShort();
    }

    int int32() throws IOException {
        return next(4).getInt();
    }

    long int64() throws IOException {
        return next(8).getLong();
    }

    float float32() throws IOException {
        return next(4).getFloat();
    }

    double float64() throws IOException {
        return next(8).getDouble();
    }

    /// A count of things of at least `bytes` bytes each, which must fit the rest of the file.
    int count(String what, int bytes, int most) throws IOException {
        long count = int64();
        if (count < 0 || count > remaining() / bytes) {
            throw new GgufException("truncated or broken: " + Long.toUnsignedString(count) + " " + what + " at byte "
                    + position() + " of " + size);
        }
        if (count > most) {
            throw new GgufException("has " + count + " " + what + ", need at most " + most);
        }
        return (int) count;
    }

    /// A length and so many bytes.
    byte[] string() throws IOException {
        byte[] bytes = new byte[count("bytes of a string", 1, LONGEST_STRING)];
        int at = 0;
        while (at < bytes.length) {
            int part = Math.min(bytes.length - at, buffer.capacity());
            next(part).get(bytes, at, part);
            at += part;
        }
        return bytes;
    }

    /// Goes on behind so many bytes.
    void skip(long bytes) throws IOException {
        if (bytes < 0 || bytes > remaining()) {
            throw new GgufException("truncated: it ends at byte " + size + " inside the header");
        }
        if (bytes <= buffer.remaining()) {
            buffer.position(buffer.position() + (int) bytes);
        } else {
            read = position() + bytes;
            buffer.limit(0);
        }
    }

    /// Goes on behind a string.
    void skipString() throws IOException {
        skip(count("bytes of a string", 1, LONGEST_STRING));
    }

    /// The buffer with at least `bytes` bytes in it.
    private ByteBuffer next(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return buffer;
        }
        buffer.compact();
        int got = 0;
        while (got >= 0 && buffer.position() < bytes) {
            got = channel.read(buffer, read);
            read += Math.max(got, 0);
        }
        buffer.flip();
        if (buffer.remaining() < bytes) {
            throw new GgufException("truncated: it ends at byte " + size + " inside the header");
        }
        return buffer;
    }
}
