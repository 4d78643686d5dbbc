package dev.andiron.kernel.backend;

import dev.andiron.spi.BackendContext;
import dev.andiron.spi.Options;

import java.nio.file.Path;
import java.time.InstantSource;

/** What one backend is lent. */
record LentContext(String backendName, Options options, InstantSource clock, Path dataDirectory)
        implements BackendContext {}
