package com.example.files;

import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;

/** A file such as {@code 0000000002.R4.1763740800000.json}: its name tells all but the content. */
record VersionFile(Path path, FhirVersion fhirVersion, ResourceHead head) {

    static VersionFile of(ResourceKey key, Path path) {
        String[] parts = path.getFileName().toString().split("\\.", -1);
        long version = Long.parseLong(parts[0]);
        var lastUpdated = Instant.ofEpochMilli(Long.parseLong(parts[2]));
        var head = new ResourceHead(key, version, lastUpdated, parts[3].equals("deleted"));
        return new VersionFile(path, FhirVersion.valueOf(parts[1]), head);
    }

    long version() {
        return head.version();
    }

    static String name(StoredResource resource) {
        return String.format(
                Locale.ROOT,
                "%010d.%s.%d.%s",
                resource.version(),
                resource.fhirVersion(),
                resource.lastUpdated().toEpochMilli(),
                resource.deleted() ? "deleted" : "json");
    }

    StoredResource with(Json content) {
        return new StoredResource(
                head.key(),
                head.version(),
                head.lastUpdated(),
                fhirVersion,
                head.deleted(),
                content);
    }
}
