package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.lookup.LinearUnits.Form;
import dev.chagres.prove.lookup.LinearUnits.Unit;
import java.util.Arrays;
import java.util.List;

/// Sums over units on the grid {0, 1, inf}^3, of one thread: rows of products and corners of linear terms while the
/// units have one form, which then become values of F ([GridRounds]).
abstract class GridSums {
    static final int ROW = FieldKernels.GRID_ROW;

    private static final int ROWS = FieldKernels.GRID_ROWS;

    private final FieldKernels kernels;
    private final long[] products;
    private final long[] corners;
    private final long sums;
    private final long bytes;

    /// @param products number of sums on all 27 points
    /// @param corners number of sums on the corners
    GridSums(int products, int corners, FieldKernels kernels, MemoryScope arena) {
        this.kernels = kernels;
        this.products = new long[products];
        this.corners = new long[corners];
        long rowBytes = Memory.extBytes((long) ROWS * Memory.BLOCK);
        long cornerBytes = Memory.extBytes((long) GridRounds.CORNERS * Memory.BLOCK);
        this.bytes = products * rowBytes + corners * cornerBytes;
        this.sums = arena.allocate(bytes);
        Arrays.setAll(this.products, i -> sums + i * rowBytes);
        Arrays.setAll(this.corners, i -> sums + products * rowBytes + i * cornerBytes);
    }

    /// Adds a unit.
    ///
    /// @param weight eq of its number
    abstract void add(Unit unit, QM31 weight);

    /// Adds what was summed for units of one form to F.
    ///
    /// @param weight sum of the weights of their positions
    abstract void settle(QM31[] f, Form form, QM31 weight);

    /// Sum number `k` on all points, for kernels.
    long products(int k) {
        return products[k];
    }

    /// Sum number `k` on the corners, for kernels.
    long corners(int k) {
        return corners[k];
    }

    void addProducts(QM31[] f, int k, QM31 factor) {
        for (int v = 0; v < ROWS; v++) {
            f[v] = f[v].add(factor.mul(block(products[k], v)));
        }
    }

    void addCorners(QM31[] f, int k, QM31 factor) {
        for (int corner = 0; corner < GridRounds.CORNERS; corner++) {
            int v = FieldKernels.cornerRow(corner);
            f[v] = f[v].add(factor.mul(block(corners[k], corner)));
        }
    }

    static void addConstant(QM31[] f, QM31 value) {
        for (int corner = 0; corner < GridRounds.CORNERS; corner++) {
            int v = FieldKernels.cornerRow(corner);
            f[v] = f[v].add(value);
        }
    }

    private QM31 block(long rows, int row) {
        return kernels.sumExt(rows + (long) row * Memory.BLOCK * Memory.EXT_BYTES, Memory.BLOCK);
    }

    /// F over all units.
    ///
    /// @param weights eq of the unit numbers
    /// @param workers one for each thread
    static QM31[] over(List<Unit> units, QM31[] weights, GridSums[] workers, Host host) {
        int n = units.size();
        int parts = Math.min(n, host.parts((long) n * ROW * GridRounds.CORNERS));
        QM31[][] f = new QM31[parts][ROWS];
        host.run(parts, (_, part) -> {
            Arrays.fill(f[part], QM31.ZERO);
            workers[part].addAll(f[part], units.subList(n * part / parts, n * (part + 1) / parts), weights);
        });
        QM31[] total = f[0];
        for (int part = 1; part < parts; part++) {
            QM31[] more = f[part];
            Arrays.setAll(total, v -> total[v].add(more[v]));
        }
        return total;
    }

    private void addAll(QM31[] f, List<Unit> units, QM31[] weights) {
        QM31 weight = QM31.ZERO;
        for (int i = 0; i < units.size(); i++) {
            Unit unit = units.get(i);
            add(unit, weights[unit.number()]);
            weight = weight.add(weights[unit.number()]);
            if (i + 1 == units.size() || units.get(i + 1).form() != unit.form()) {
                settle(f, unit.form(), weight);
                Memory.zero(sums, bytes);
                weight = QM31.ZERO;
            }
        }
    }
}
