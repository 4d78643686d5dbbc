package dev.andiron.spi;

import dev.andiron.spi.metric.Meters;

import java.nio.file.Path;
import java.time.InstantSource;

/** What the kernel lends to one backend while it is open. Implemented by the kernel only. */
public interface BackendContext {

    /**
     * The configured name of this backend, such as {@code main}.
     *
     * @return the key under {@code backends:} in the configuration
     */
    String backendName();

    /**
     * The checked options, defaults applied.
     *
     * @return the options that the provider declared
     */
    Options options();

    /**
     * The clock of the server. Backends take the time from it, never from the system, so that tests
     * can move it.
     *
     * @return the clock
     */
    InstantSource clock();

    /**
     * The folder of the server for data. It exists. Relative paths among the options of type {@link
     * OptionType#PATH} have been resolved already, against the folder that the operator means; this
     * one is for what no option names.
     *
     * @return an absolute path
     */
    Path dataDirectory();

    /**
     * Where this backend tells what it counts and times beside the calls of its facets, which the
     * kernel times itself.
     *
     * @return its meters, shown by the server with the name of the backend
     */
    default Meters meters() {
        return Meters.none();
    }
}
