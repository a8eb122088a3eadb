/// The polynomial commitment: what both sides share, and the verifier.
///
/// Two matrices of rows of K = 2^k base values hold all committed columns: WITNESS (one per proof) and KEY (one per
/// model). Each row is encoded by the circle Reed-Solomon code, the columns of the codeword matrix are the leaves of
/// a BLAKE3 Merkle tree. [MatrixLayout] says where a column's tiles lie, [AddressSpace] stacks both matrices into one
/// multilinear polynomial F, [CommitmentParameters] fixes every size and count, [OpeningVerifier] checks an opening
/// of many [dev.chagres.tensor.Claim]s and [SecurityAccount] states what it is worth. [ParameterChoice] chooses the
/// parameters of a key by the length of openings that [OpeningSize] computes.
///
/// The protocol is written out in docs/protocol-opening.md. Everything here is scalar, runs on one
/// thread and depends on the JDK, the field, the hash and the transcript only. The prover is in
/// `dev.chagres.prove.commit`.
package dev.chagres.commit;
