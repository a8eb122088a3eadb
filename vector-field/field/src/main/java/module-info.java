/// Scalar arithmetic of M31, QM31, the circle group and BLAKE3: the arithmetic of the verifier, and the definition that
/// the kernels are tested against.
module dev.chagres.field {
    exports dev.chagres.field;
    exports dev.chagres.hash;
}
