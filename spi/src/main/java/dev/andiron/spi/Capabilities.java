package dev.andiron.spi;

import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.spi.search.SearchFeature;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a configured backend does. The kernel routes by it, lends what is missing where it can, and
 * refuses the rest by name; the TCK proves every claim. Immutable; made by {@link #builder()}, so
 * that components can be added without breaking a plugin that was compiled earlier.
 */
public final class Capabilities {
    private final boolean store;
    private final boolean versioning;
    private final Set<HistoryLevel> history;
    private final Atomicity atomicity;
    private final boolean changeFeed;
    private final Set<SearchFeature> search;
    private final boolean follower;
    private final boolean nativeViews;
    private final boolean sqlQueries;
    private final ClaimStrategy claims;
    private final boolean blobs;
    private final boolean shared;
    private final int writeConcurrency;

    private Capabilities(Builder builder) {
        store = builder.store;
        versioning = builder.versioning;
        history = Collections.unmodifiableSet(EnumSet.copyOf(builder.history));
        atomicity = builder.atomicity;
        changeFeed = builder.changeFeed;
        search = Collections.unmodifiableSet(EnumSet.copyOf(builder.search));
        follower = builder.follower;
        nativeViews = builder.nativeViews;
        sqlQueries = builder.sqlQueries;
        claims = builder.claims;
        blobs = builder.blobs;
        shared = builder.shared;
        writeConcurrency = builder.writeConcurrency;
        if (!history.isEmpty() && !versioning) {
            throw new IllegalArgumentException("history needs versioning");
        }
        if (!store && (versioning || changeFeed)) {
            throw new IllegalArgumentException("versioning and a change feed need a store");
        }
        if (follower && search.isEmpty()) {
            throw new IllegalArgumentException("a follower searches");
        }
        if (sqlQueries && !nativeViews) {
            throw new IllegalArgumentException("SQL queries need native views");
        }
        if (writeConcurrency < 1) {
            throw new IllegalArgumentException("write concurrency is at least 1");
        }
    }

    /** Starts from a plain store: no versions, no history, no search, each resource by itself. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether it stores resources at all; false for a pure search engine. */
    public boolean store() {
        return store;
    }

    /** Whether earlier versions can be read. */
    public boolean versioning() {
        return versioning;
    }

    /** The levels of history that it lists. */
    public Set<HistoryLevel> history() {
        return history;
    }

    public Atomicity atomicity() {
        return atomicity;
    }

    /** Whether it has a change feed, which a primary of a composite needs. */
    public boolean changeFeed() {
        return changeFeed;
    }

    /** The parts of the query form that its search engine takes; empty when it has none. */
    public Set<SearchFeature> search() {
        return search;
    }

    /** The same without some parts of the query form. */
    public Capabilities withoutSearch(Set<SearchFeature> features) {
        Builder builder = toBuilder();
        builder.search.removeAll(features);
        return builder.build();
    }

    /** Starts from these. */
    public Builder toBuilder() {
        var builder = new Builder();
        builder.store = store;
        builder.versioning = versioning;
        builder.history.addAll(history);
        builder.atomicity = atomicity;
        builder.changeFeed = changeFeed;
        builder.search.addAll(search);
        builder.follower = follower;
        builder.nativeViews = nativeViews;
        builder.sqlQueries = sqlQueries;
        builder.claims = claims;
        builder.blobs = blobs;
        builder.shared = shared;
        builder.writeConcurrency = writeConcurrency;
        return builder;
    }

    /** Whether it can follow another backend's changes and search in its place. */
    public boolean follower() {
        return follower;
    }

    /** Whether it runs compiled views itself. */
    public boolean nativeViews() {
        return nativeViews;
    }

    /** Whether it runs SQL over compiled views. */
    public boolean sqlQueries() {
        return sqlQueries;
    }

    /** How its jobs are claimed; {@link ClaimStrategy#NONE} when it keeps no jobs. */
    public ClaimStrategy claims() {
        return claims;
    }

    /** Whether it keeps the output files of jobs. */
    public boolean blobs() {
        return blobs;
    }

    /** Whether several server nodes may use the same data at once. */
    public boolean shared() {
        return shared;
    }

    /** How many commits at once are worth sending; more is allowed and gains nothing. */
    public int writeConcurrency() {
        return writeConcurrency;
    }

    /** Collects capabilities; not safe for use by several threads. */
    public static final class Builder {
        private boolean store = true;
        private boolean versioning;
        private final EnumSet<HistoryLevel> history = EnumSet.noneOf(HistoryLevel.class);
        private Atomicity atomicity = Atomicity.RESOURCE;
        private boolean changeFeed;
        private final EnumSet<SearchFeature> search = EnumSet.noneOf(SearchFeature.class);
        private boolean follower;
        private boolean nativeViews;
        private boolean sqlQueries;
        private ClaimStrategy claims = ClaimStrategy.NONE;
        private boolean blobs;
        private boolean shared;
        private int writeConcurrency = 1;

        private Builder() {}

        /** Says that it is a search engine only. */
        public Builder withoutStore() {
            store = false;
            return this;
        }

        public Builder versioning() {
            versioning = true;
            return this;
        }

        /** Adds history levels; they imply versioning. */
        public Builder history(Set<HistoryLevel> levels) {
            history.addAll(levels);
            versioning = versioning || !levels.isEmpty();
            return this;
        }

        public Builder atomicity(Atomicity value) {
            atomicity = value;
            return this;
        }

        public Builder changeFeed() {
            changeFeed = true;
            return this;
        }

        public Builder search(Set<SearchFeature> features) {
            search.addAll(features);
            return this;
        }

        public Builder follower() {
            follower = true;
            return this;
        }

        public Builder nativeViews() {
            nativeViews = true;
            return this;
        }

        /** Adds SQL over compiled views, and so native views. */
        public Builder sqlQueries() {
            nativeViews = true;
            sqlQueries = true;
            return this;
        }

        public Builder claims(ClaimStrategy value) {
            claims = value;
            return this;
        }

        public Builder blobs() {
            blobs = true;
            return this;
        }

        public Builder shared() {
            shared = true;
            return this;
        }

        public Builder writeConcurrency(int commits) {
            writeConcurrency = commits;
            return this;
        }

        public Capabilities build() {
            return new Capabilities(this);
        }
    }
}
