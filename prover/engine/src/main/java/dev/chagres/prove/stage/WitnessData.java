package dev.chagres.prove.stage;

/// The integers of one run, which stay usable while their section is in use.
public interface WitnessData extends TensorData {
    /// Tensors that stay where they are until this is closed.
    interface Use extends AutoCloseable {
        @Override
        void close();
    }

    /// Makes the tensors of a section, of those that it reads, and the multiplicities usable.
    ///
    /// @param section number of the section; the number of sections for the multiplicities alone
    /// @param write whether values of the section change; multiplicities always may
    Use use(int section, boolean write);
}
