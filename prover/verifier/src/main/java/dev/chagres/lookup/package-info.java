/// LogUp-GKR lookups (Haboeck, eprint 2022/1530; Papini and Haboeck, eprint 2023/1284): tables, lookup segments, the
/// layout of a fraction tree and the verifier of its layers.
///
/// A leaf of a tree is the fraction `1 / (c - sum_i beta^i a_i - beta^4 id)` for a looked-up tuple `(a_0, a_1, ...)` of
/// table `id`, or `multiplicity / (...)` on the table side. Absent leaves are the neutral fraction 0/1.
package dev.chagres.lookup;
