package dev.chagres.commit;

import dev.chagres.tensor.Column;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Where the tiles of a list of columns lie in a matrix of rows of 2^k values.
///
/// A tile of 2^low values becomes pieces of 2^s values: padded with zeros to 2^8 values (2^k if k < 8) when smaller,
/// cut by its top low bits into pieces of 2^k when larger than a row, and one piece of 2^low otherwise. Pieces are
/// placed in the order of columns, tiles and parts, each at the lowest aligned address of the smallest hole it fits
/// in, or at the start of a new row. A piece never crosses a row. The layout is a function of the column list and
/// k alone: both sides derive it, no proof contains it.
///
/// The address of slot `s` in row `r` is `r * 2^k + s`.
public final class MatrixLayout {
    /// Rows of a matrix; keeps the memory of a layout bounded whatever the columns are.
    static final int MAX_ROWS = 1 << 20;

    private final int k;
    private final List<Column> columns;
    private final Map<Column, long[]> addresses = new IdentityHashMap<>();
    private final List<List<Piece>> rows = new ArrayList<>();

    /// Part `part` of tile `tile` of `column`: values [part * 2^bits, (part + 1) * 2^bits) of the tile, at `address`.
    ///
    /// @param index tile * parts + part, the piece's number in its column
    /// @param bits log2 of the room taken
    public record Piece(Column column, int tile, int part, int index, int bits, long address) {
        /// Values really read from the tile, the rest of the room being zeros.
        public long count() {
            return Math.min(1L << bits, 1L << column.shape().lowBits());
        }

        /// First value of the tile in this piece.
        public long from() {
            return (long) part << bits;
        }
    }

    private MatrixLayout(List<Column> columns, int k) {
        this.k = k;
        this.columns = List.copyOf(columns);
        List<TreeSet<Long>> holes = new ArrayList<>();
        for (int b = 0; b <= k; b++) {
            holes.add(new TreeSet<>());
        }
        for (Column c : columns) {
            int bits = pieceBits(c);
            int parts = parts(c);
            if ((long) c.shape().tileCount() * parts << bits > (long) MAX_ROWS << k) {
                throw new IllegalArgumentException("column " + c.name() + " does not fit 2^20 rows of 2^" + k);
            }
            long[] where = new long[c.shape().tileCount() * parts];
            if (addresses.put(c, where) != null) {
                throw new IllegalArgumentException("column " + c.name() + " is listed twice");
            }
            for (int i = 0; i < where.length; i++) {
                where[i] = allocate(holes, bits);
                rows.get((int) (where[i] >>> k)).add(new Piece(c, i / parts, i % parts, i, bits, where[i]));
            }
        }
        if (rows.isEmpty()) {
            rows.add(new ArrayList<>());
        }
    }

    /// The layout of the columns, in the given order. An empty list gives one row of zeros.
    ///
    /// @param columns distinct columns
    /// @param k log2 of the row length
    /// @throws IllegalArgumentException if they need more than 2^20 rows
    public static MatrixLayout of(List<Column> columns, int k) {
        if (k < 6 || k > 24) {
            throw new IllegalArgumentException("k = " + k);
        }
        return new MatrixLayout(columns, k);
    }

    private long allocate(List<TreeSet<Long>> holes, int bits) {
        int size = bits;
        while (size <= k && holes.get(size).isEmpty()) {
            size++;
        }
        long address;
        if (size > k) {
            if (rows.size() == MAX_ROWS) {
                throw new IllegalArgumentException("the columns do not fit 2^20 rows of 2^" + k);
            }
            size = k;
            address = (long) rows.size() << k;
            rows.add(new ArrayList<>());
        } else {
            address = holes.get(size).pollFirst();
        }
        while (size > bits) {
            size--;
            holes.get(size).add(address + (1L << size));
        }
        return address;
    }

    /// log2 of the least room a piece takes in rows of 2^k.
    static int minimumBits(int k) {
        return Math.min(8, k);
    }

    /// log2 of the row length.
    public int k() {
        return k;
    }

    public List<Column> columns() {
        return columns;
    }

    /// Number of rows, at least one.
    public int rows() {
        return rows.size();
    }

    public boolean contains(Column c) {
        return addresses.containsKey(c);
    }

    /// log2 of the room of each piece of the column.
    public int pieceBits(Column c) {
        return Math.min(k, Math.max(c.shape().lowBits(), minimumBits(k)));
    }

    /// Pieces per tile: 1, or 2^(low - k) for tiles larger than a row.
    public int parts(Column c) {
        return 1 << Math.max(0, c.shape().lowBits() - k);
    }

    /// Address of piece `tile * parts + part` of the column.
    ///
    /// @throws IllegalArgumentException if the column is not in this matrix
    public long address(Column c, int piece) {
        long[] where = addresses.get(c);
        if (where == null) {
            throw new IllegalArgumentException("column " + c.name() + " is not in this matrix");
        }
        return where[piece];
    }

    /// The pieces in a row, in the order of placement.
    public List<Piece> row(int row) {
        return Collections.unmodifiableList(rows.get(row));
    }

    /// All pieces, row by row.
    public List<Piece> pieces() {
        return rows.stream().flatMap(List::stream).toList();
    }
}
