module uses.automatic {
    requires dev.andiron.spi;
    requires automatic;

    provides dev.andiron.spi.BackendProvider with
            usesautomatic.UsesAutomatic;
}
