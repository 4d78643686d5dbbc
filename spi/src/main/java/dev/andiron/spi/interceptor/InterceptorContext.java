package dev.andiron.spi.interceptor;

import dev.andiron.spi.Options;

import java.nio.file.Path;
import java.time.InstantSource;

/** What the kernel lends to one interceptor while it is open. Implemented by the kernel only. */
public interface InterceptorContext {

    /** The key under {@code interceptors:} in the configuration. */
    String interceptorName();

    /** The checked options that the provider declared, defaults applied. */
    Options options();

    /** The clock of the server. */
    InstantSource clock();

    /** The folder of the server for data, an absolute path. It exists. */
    Path dataDirectory();
}
