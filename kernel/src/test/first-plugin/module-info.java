/** Compiled against the first released SPI and kept as a jar: see docs/spi-evolution.md. */
module first {
    requires dev.andiron.spi;

    provides dev.andiron.spi.BackendProvider with
            first.FirstProvider;
}
