/// Shapes, columns and claims: how multidimensional integer tensors become multilinear polynomials.
///
/// A tensor is stored as a list of equally large **tiles** of 2^low consecutive values. The bits inside a tile
/// belong to the *low axes*, the choice of the tile to the *high axes*; a high axis may have any count, so nothing
/// is padded to the next power of two. As a polynomial, a tensor has lowBits + highBits variables and is zero
/// where it has no tile.
package dev.chagres.tensor;
