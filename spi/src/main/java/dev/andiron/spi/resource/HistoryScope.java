package dev.andiron.spi.resource;

/** Whose history to list. */
public sealed interface HistoryScope {

    HistoryLevel level();

    /** Of one resource. */
    record Instance(ResourceKey key) implements HistoryScope {
        @Override
        public HistoryLevel level() {
            return HistoryLevel.INSTANCE;
        }
    }

    /** Of all resources of a type. */
    record Type(String type) implements HistoryScope {
        @Override
        public HistoryLevel level() {
            return HistoryLevel.TYPE;
        }
    }

    /** Of all resources. */
    record System() implements HistoryScope {
        @Override
        public HistoryLevel level() {
            return HistoryLevel.SYSTEM;
        }
    }
}
