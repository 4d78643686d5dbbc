package dev.andiron.composite;

import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.composite.CompositeOptions;
import dev.andiron.spi.composite.CompositeProvider;
import dev.andiron.spi.composite.Composition;

import java.util.ArrayList;
import java.util.List;

/** A bucket that holds the truth, and an index that searches it, in one block. */
public final class S3ElasticsearchProvider implements CompositeProvider {
    private static final Option<String> PRIMARY =
            Option.backend(
                    "primary",
                    "The backend that holds the truth and takes the writes; without it, one of the"
                            + " options that begin with s3-.");
    private static final Option<String> SEARCH =
            Option.backend(
                    "search",
                    "The backend that follows the primary and searches; without it, one of the"
                            + " options that begin with elasticsearch-.");

    /** For {@link java.util.ServiceLoader}. */
    public S3ElasticsearchProvider() {}

    @Override
    public String name() {
        return "s3-elasticsearch";
    }

    @Override
    public String description() {
        return "Keeps everything in a bucket, and searches by an Elasticsearch that follows it.";
    }

    @Override
    public List<Option<?>> options() {
        List<Option<?>> options = new ArrayList<>(List.of(PRIMARY, SEARCH));
        options.addAll(CompositeOptions.manner());
        return List.copyOf(options);
    }

    @Override
    public List<OwnPart> ownParts() {
        return List.of(new OwnPart(PRIMARY, "s3"), new OwnPart(SEARCH, "elasticsearch"));
    }

    @Override
    public Composition composition(Options options) {
        return CompositeOptions.composition(options);
    }
}
