package dev.chagres.gpt2.quantize;

import java.util.stream.IntStream;

/// Sums of products of input channels over calibrated rows, `sum_r x_r x_r^T`: which rounding errors of a matrix can
/// cancel on real inputs. Wide inputs are split into blocks of channels; products between blocks are left out.
///
/// Every entry is summed in the order of the rows, so that any number of threads gives the same bits.
final class SecondMoments {
    /// Channels of a block, at most: a block is factored in time proportional to the cube of its channels.
    static final int BLOCK = 2048;

    private static final int ROWS = 64;
    private static final int CHANNELS = 16;

    private final int channels;
    private final double[][] blocks;

    /// @param channels of the input
    SecondMoments(int channels) {
        this.channels = channels;
        blocks = new double[(channels + BLOCK - 1) / BLOCK][];
        for (int b = 0; b < blocks.length; b++) {
            blocks[b] = new double[size(b) * size(b)];
        }
    }

    int channels() {
        return channels;
    }

    int blocks() {
        return blocks.length;
    }

    /// The first channel of a block.
    int from(int block) {
        return (int) ((long) channels * block / blocks.length);
    }

    /// Channels of a block.
    int size(int block) {
        return from(block + 1) - from(block);
    }

    /// The full symmetric matrix of a block, `[size][size]`; not a copy.
    double[] block(int block) {
        return blocks[block];
    }

    /// Adds rows `[rows][channels]`.
    void add(float[] x, int rows) {
        for (int from = 0; from < rows; from += ROWS) {
            int count = Math.min(ROWS, rows - from);
            for (int b = 0; b < blocks.length; b++) {
                addRows(x, from, count, blocks[b], from(b), size(b));
            }
        }
        for (int b = 0; b < blocks.length; b++) {
            mirror(blocks[b], size(b));
        }
    }

    private void addRows(float[] x, int from, int count, double[] sums, int first, int size) {
        IntStream.range(0, (size + CHANNELS - 1) / CHANNELS).parallel().forEach(group -> {
            int last = Math.min(size, (group + 1) * CHANNELS);
            for (int i = group * CHANNELS; i < last; i++) {
                int r = 0;
                for (; r + 4 <= count; r += 4) {
                    accumulate(sums, i, size, x, (from + r) * channels + first, channels);
                }
                for (; r < count; r++) {
                    int at = (from + r) * channels + first;
                    double f = x[at + i];
                    for (int j = i; j < size; j++) {
                        sums[i * size + j] += f * x[at + j];
                    }
                }
            }
        });
    }

    /// Four rows at once: one load and store of a sum for four products, added one after another. Rows and sums are of
    /// two types, so that the compiler knows them apart and makes vectors of the loop.
    private static void accumulate(double[] sums, int i, int size, float[] x, int at0, int stride) {
        int at1 = at0 + stride;
        int at2 = at1 + stride;
        int at3 = at2 + stride;
        double f0 = x[at0 + i];
        double f1 = x[at1 + i];
        double f2 = x[at2 + i];
        double f3 = x[at3 + i];
        int to = i * size;
        for (int j = i; j < size; j++) {
            sums[to + j] = sums[to + j] + f0 * x[at0 + j] + f1 * x[at1 + j] + f2 * x[at2 + j] + f3 * x[at3 + j];
        }
    }

    private static void mirror(double[] a, int n) {
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                a[j * n + i] = a[i * n + j];
            }
        }
    }

    /// The moments of inputs counted in units of their own, `x_c / units[c]`.
    SecondMoments per(double[] units) {
        SecondMoments scaled = new SecondMoments(channels);
        for (int b = 0; b < blocks.length; b++) {
            int n = size(b);
            int first = from(b);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    scaled.blocks[b][i * n + j] = blocks[b][i * n + j] / (units[first + i] * units[first + j]);
                }
            }
        }
        return scaled;
    }
}
