package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.spi.resource.ResourceKey;

import java.util.Optional;

/** One thing to do for an import. */
sealed interface Item {

    /** Its line, or the number of its entry, from 1. */
    long line();

    /** What it is about, as far as that can be told in front. */
    Optional<ResourceKey> key();

    /** How many bytes it holds. */
    int size();

    /**
     * A resource that is to be stored.
     *
     * @param json the resource, perhaps broken
     */
    record Write(long line, Optional<ResourceKey> key, byte[] json) implements Item {
        @Override
        public int size() {
            return json.length;
        }
    }

    /** A resource that is to go. */
    record Removal(long line, ResourceKey resource) implements Item {
        @Override
        public Optional<ResourceKey> key() {
            return Optional.of(resource);
        }

        @Override
        public int size() {
            return 64;
        }
    }

    /** A bundle all of whose entries are stored, or none. */
    record Transaction(long line, JsonObject bundle) implements Item {
        @Override
        public Optional<ResourceKey> key() {
            return Optional.empty();
        }

        @Override
        public int size() {
            return 0;
        }
    }

    /** Something that cannot be understood. */
    record Unreadable(long line, ImportFailure failure) implements Item {
        @Override
        public Optional<ResourceKey> key() {
            return Optional.empty();
        }

        @Override
        public int size() {
            return 64;
        }
    }
}
