package dev.chagres.kernel.simd;

import dev.chagres.kernel.PanelKernelLaws;

class VectorPanelKernelsTest extends PanelKernelLaws {
    VectorPanelKernelsTest() {
        super(new VectorPanelKernels());
    }
}
