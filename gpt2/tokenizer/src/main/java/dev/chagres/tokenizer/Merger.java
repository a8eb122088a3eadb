package dev.chagres.tokenizer;

import java.util.Arrays;

/// Merges the pairs of one piece at a time: the least place in a rule's order first, the leftmost of equal ones.
/// Symbols are a linked list, candidates a heap, so a piece of n symbols takes O(n log n). Buffers are kept between
/// pieces; for one thread.
final class Merger {
    private static final int NONE = -1;

    /// Which pairs merge, and in which order.
    interface Rule {
        /// The merge of two neighbours, or -1.
        ///
        /// @param left  their symbols
        /// @param from  the first symbol of the piece that the left one was made of
        /// @param to    the symbol of the piece after the last one that the right one was made of
        int of(int left, int right, int from, int to);

        /// What a merge makes.
        int result(int merge);

        /// Place in the order, not negative.
        int place(int merge);
    }

    private final Rule rule;
    private int[] symbol = new int[64];
    private int[] next = new int[64];
    private int[] previous = new int[64];
    /// The merge of a symbol with the next one, or -1. A candidate of the heap counts only if it is still this one.
    private int[] candidate = new int[64];
    /// Min-heap of place << 32 | position.
    private long[] heap = new long[64];
    private int heapSize;
    /// Symbols of the piece before merging.
    private int length;

    Merger(Rule rule) {
        this.rule = rule;
    }

    /// Appends the ids of a piece.
    ///
    /// @param piece      its bytes, at least one
    /// @param byteTokens the id of each byte; those of the piece are there
    void merge(byte[] piece, int[] byteTokens, IdBuffer ids) {
        reserve(piece.length);
        for (int i = 0; i < piece.length; i++) {
            symbol[i] = byteTokens[piece[i] & 0xFF];
        }
        merge(piece.length, ids);
    }

    /// Appends the symbols that a piece becomes; negative ones never merge by a rule of [Merges].
    ///
    /// @param piece at least one
    void merge(int[] piece, IdBuffer symbols) {
        reserve(piece.length);
        System.arraycopy(piece, 0, symbol, 0, piece.length);
        merge(piece.length, symbols);
    }

    private void merge(int n, IdBuffer symbols) {
        length = n;
        for (int i = 0; i < n; i++) {
            previous[i] = i - 1;
            next[i] = i + 1 < n ? i + 1 : NONE;
        }
        heapSize = 0;
        for (int i = 0; i < n; i++) {
            propose(i);
        }
        while (heapSize > 0) {
            long least = pop();
            int position = (int) least;
            int merge = candidate[position];
            if (merge != NONE && rule.place(merge) == (int) (least >>> 32)) {
                join(position, merge);
            }
        }
        for (int i = 0; i != NONE; i = next[i]) {
            symbols.add(symbol[i]);
        }
    }

    private void join(int position, int merge) {
        int gone = next[position];
        symbol[position] = rule.result(merge);
        candidate[gone] = NONE;
        next[position] = next[gone];
        if (next[gone] != NONE) {
            previous[next[gone]] = position;
        }
        propose(position);
        if (previous[position] != NONE) {
            propose(previous[position]);
        }
    }

    private void propose(int position) {
        int following = next[position];
        int merge = following == NONE ? NONE
                : rule.of(symbol[position], symbol[following], position,
                        next[following] == NONE ? length : next[following]);
        candidate[position] = merge;
        if (merge != NONE) {
            push((long) rule.place(merge) << 32 | position);
        }
    }

    private void reserve(int n) {
        if (symbol.length < n) {
            int capacity = Math.max(n, 2 * symbol.length);
            symbol = new int[capacity];
            next = new int[capacity];
            previous = new int[capacity];
            candidate = new int[capacity];
        }
    }

    private void push(long value) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, 2 * heap.length);
        }
        int i = heapSize++;
        while (i > 0 && heap[i - 1 >> 1] > value) {
            heap[i] = heap[i - 1 >> 1];
            i = i - 1 >> 1;
        }
        heap[i] = value;
    }

    private long pop() {
        long least = heap[0];
        long last = heap[--heapSize];
        int i = 0;
        for (int child = 1; child < heapSize; child = 2 * i + 1) {
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= last) {
                break;
            }
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = last;
        return least;
    }
}
