package dev.chagres.model;

/// A kind of model that can be proved.
public interface ModelFamily {
    /// Lower-case ASCII, as keys spell it.
    String name();

    /// Reads what [ModelSpec#encode()] wrote.
    ///
    /// @throws IllegalArgumentException if the bytes are not such an encoding, or a number is out of its range
    ModelSpec decode(byte[] encoded);
}
