module uses.library {
    requires dev.andiron.spi;
    requires library;

    provides dev.andiron.spi.BackendProvider with
            useslibrary.UsesLibrary;
}
