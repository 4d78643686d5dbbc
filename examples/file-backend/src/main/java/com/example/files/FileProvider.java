package com.example.files;

import dev.andiron.spi.Atomicity;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.nio.file.Path;
import java.util.List;

/** The entry point of the plugin, which {@code META-INF/services} names. */
public final class FileProvider implements BackendProvider {
    private static final Option<Path> FOLDER =
            Option.path("folder", Path.of("files"), "The folder that holds the resources.");

    @Override
    public String name() {
        return "files";
    }

    @Override
    public String description() {
        return "Keeps every version of a resource in a file of its own.";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(FOLDER);
    }

    @Override
    public Capabilities capabilities(Options options) {
        return Capabilities.builder().versioning().atomicity(Atomicity.COMMIT).build();
    }

    @Override
    public Backend open(BackendContext context) {
        return new FileStore(context.options().get(FOLDER));
    }
}
