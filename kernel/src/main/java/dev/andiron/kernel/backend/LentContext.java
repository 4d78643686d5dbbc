package dev.andiron.kernel.backend;

import dev.andiron.spi.BackendContext;
import dev.andiron.spi.Options;
import dev.andiron.spi.metric.Meters;

import java.nio.file.Path;
import java.time.InstantSource;

/** What one backend is lent. */
record LentContext(
        String backendName, Options options, InstantSource clock, Path dataDirectory, Meters meters)
        implements BackendContext {}
