package dev.chagres.ffm;

/// Both children of the nodes of a layer in memory of a device.
///
/// @param p numerators, an ext array: those of child 0, from element `second` on those of child 1
/// @param q denominators in the same way
/// @param second not inside of child 0
/// @param shape how many they are
public record TreeChildren(DeviceBuffer p, DeviceBuffer q, long second, TreeShape shape) {
    /// The same memory when the top variable is bound.
    public TreeChildren bound() {
        return new TreeChildren(p, q, second, shape.bound());
    }

    /// Elements of each array.
    long elements() {
        return shape.size1() == 0 ? shape.size0() : Math.addExact(second, shape.size1());
    }
}
