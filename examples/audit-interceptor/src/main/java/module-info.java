/** A module, so that the SPI version that it was compiled against is recorded by the compiler. */
module com.example.audit {
    requires dev.andiron.spi;

    provides dev.andiron.spi.interceptor.InterceptorProvider with
            com.example.audit.AuditProvider;
}
