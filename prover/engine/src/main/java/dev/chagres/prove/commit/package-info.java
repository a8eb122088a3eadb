/// The prover's side of the polynomial commitment: encoding and hashing matrices of tiles, and opening claims.
///
/// [MatrixCommitment] encodes the rows of a [dev.chagres.commit.MatrixLayout] and builds the Merkle tree;
/// [OpeningProver] proves many claims at once. Values are read from a [dev.chagres.prove.stage.TileSource] as often as
/// needed: one pass for the commitment, three for an opening. The bytes produced do not depend on the number of
/// threads.
package dev.chagres.prove.commit;
