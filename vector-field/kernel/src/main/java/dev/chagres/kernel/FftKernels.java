package dev.chagres.kernel;

/// The circle FFT over M31 (Haboeck, Levit, Papini: Circle STARKs, eprint 2024/278), from coefficients in the
/// tensor basis to values on the canonic domain of [dev.chagres.field.CircleDomain], and its transpose.
///
/// Basis: coefficient index j = sum j_i 2^i stands for y^{j_0} x^{j_1} pi(x)^{j_2} pi(pi(x))^{j_3} ...,
/// pi(x) = 2x^2 - 1. Position k of a codeword of length 2^logN is the value at
/// `CircleDomain.of(logN).point(k)`.
public interface FftKernels {
    /// Encodes `rows` independent rows: each has 2^logK coefficients at `src + r * 4 * 2^logK` and yields
    /// 2^logN values at `dst + r * 4 * 2^logN` (logN > logK, upper coefficients zero). Base arrays.
    void encode(long dst, long src, int logK, int logN, long rows);

    /// Encodes one row as [#encode(long, long, int, int, long)] does, but only the values at `positions` are asked for;
    /// what `dst` holds elsewhere is undefined. A transform skips blocks without a position: few positions cost about
    /// half of all.
    ///
    /// @param positions ascending, each once
    void encodeAt(long dst, long src, int logK, int logN, int[] positions);

    /// The transpose of [#encode(long, long, int, int, long)] for one row: from 2^logN values `src`, the vector
    /// `dst[j] = sum_k src[k] b_j(point(k))` for j < 2^logK. `src` is overwritten. Base arrays.
    void encodeTransposed(long dst, long src, int logK, int logN);
}
