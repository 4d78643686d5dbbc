package dev.andiron.s3;

import dev.andiron.spi.Atomicity;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.ClaimStrategy;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.resource.HistoryLevel;

import java.util.EnumSet;
import java.util.List;

/** The entry point of the plugin. */
public final class S3Provider implements BackendProvider {
    /** For {@link java.util.ServiceLoader}. */
    public S3Provider() {}

    @Override
    public String name() {
        return "s3";
    }

    @Override
    public String description() {
        return "Keeps everything in a bucket of an object store that many server nodes may share.";
    }

    @Override
    public List<Option<?>> options() {
        return S3Options.ALL;
    }

    @Override
    public Capabilities capabilities(Options options) {
        var s3 = S3Options.of(options);
        Capabilities.Builder capabilities =
                Capabilities.builder()
                        .versioning()
                        .history(EnumSet.allOf(HistoryLevel.class))
                        .atomicity(Atomicity.COMMIT)
                        .changeFeed()
                        .blobs()
                        .claims(ClaimStrategy.CONDITIONAL_WRITE)
                        .writeConcurrency(s3.connections());
        return (s3.shared() ? capabilities.shared() : capabilities).build();
    }

    @Override
    public Backend open(BackendContext context) {
        return S3Backend.open(S3Options.of(context.options()), context.clock(), context.meters());
    }
}
