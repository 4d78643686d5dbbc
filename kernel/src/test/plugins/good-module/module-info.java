module good.module {
    requires dev.andiron.spi;
    requires java.sql;

    provides dev.andiron.spi.BackendProvider with
            goodmodule.GoodModule;
}
