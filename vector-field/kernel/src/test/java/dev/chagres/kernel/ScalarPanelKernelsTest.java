package dev.chagres.kernel;

class ScalarPanelKernelsTest extends PanelKernelLaws {
    ScalarPanelKernelsTest() {
        super(new ScalarPanelKernels());
    }
}
