package dev.chagres.bench.kernel;

/// Units of kernel rates, in thousand millions a second.
enum Unit {
    ELEMENTS("Gelem/s"),
    PRODUCTS("Gmac/s"),
    BYTES("GB/s");

    private final String text;

    Unit(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
