package dev.chagres.kernel;

import dev.chagres.field.CircleDomain;
import dev.chagres.field.M31;
import java.util.Random;

/// Off-heap rows and the definition of the code, for the FFT tests.
final class FftTestSupport {
    private FftTestSupport() {}

    static int[] random(Random random, int n) {
        int[] a = new int[n];
        for (int i = 0; i < n; i++) {
            // extremes now and then: they are where lazy reductions break
            a[i] = switch (random.nextInt(16)) {
                case 0 -> 0;
                case 1 -> M31.P - 1;
                default -> random.nextInt(M31.P);
            };
        }
        return a;
    }

    static void write(long address, int[] a) {
        for (int i = 0; i < a.length; i++) {
            Memory.setInt(address, i, a[i]);
        }
    }

    static int[] read(long address, int n) {
        int[] a = new int[n];
        for (int i = 0; i < n; i++) {
            a[i] = Memory.getInt(address, i);
        }
        return a;
    }

    /// b_j(P_k) for all j < 2^logK.
    static int[] basisFunctions(CircleDomain domain, int k, int logK) {
        int[] factors = domain.basis(k, logK);
        int[] b = new int[1 << logK];
        b[0] = 1;
        for (int i = 0; i < logK; i++) {
            for (int j = 0; j < 1 << i; j++) {
                b[(1 << i) + j] = M31.mul(b[j], factors[i]);
            }
        }
        return b;
    }

    static int dot(int[] a, int[] b) {
        int sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum = M31.add(sum, M31.mul(a[i], b[i]));
        }
        return sum;
    }
}
