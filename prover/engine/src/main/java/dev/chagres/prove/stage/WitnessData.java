package dev.chagres.prove.stage;

/// The integers of one run, which stay usable while their section is in use.
public interface WitnessData extends TensorData {
    /// Tensors that stay where they are until this is closed.
    interface Use extends AutoCloseable {
        /// Ends the writing: values of the section stay as they are from now on, until somebody else uses it to write.
        void settle();

        @Override
        void close();
    }

    /// Makes the tensors of a section, of those that it reads, and the multiplicities usable.
    ///
    /// @param section number of the section; the number of sections for the multiplicities alone
    /// Tensors that nobody writes have an epoch ([dev.chagres.prove.data.HostTensor#epoch()]) while they are in use, which
    /// ends when somebody uses them to write.
    ///
    /// @param write whether values of the section, or multiplicities, change; those of sections that it reads do not
    Use use(int section, boolean write);
}
