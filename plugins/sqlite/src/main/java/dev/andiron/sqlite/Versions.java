package dev.andiron.sqlite;

import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.sql.FhirVersionNumber;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** Rows of {@code versions} as the SPI's records. */
final class Versions {
    /**
     * The columns that {@link #resource} reads, of {@code versions v}, {@code resources r} and
     * {@code kinds k}.
     */
    static final String COLUMNS =
            "v.position, k.type, r.logical_id, v.version, v.last_updated, v.deleted,"
                    + " v.fhir_version, v.encoding, v.content";

    /** The columns that {@link #head} reads, of the same tables. */
    static final String HEAD_COLUMNS = "k.type, r.logical_id, v.version, v.last_updated, v.deleted";

    private Versions() {}

    static StoredResource resource(ResultSet row, BodyCodec.Reader bodies) throws SQLException {
        boolean deleted = row.getBoolean(6);
        var key = new ResourceKey(row.getString(2), IdCode.decode(row.getBytes(3)));
        long version = row.getLong(4);
        long lastUpdated = row.getLong(5);
        return new StoredResource(
                key,
                version,
                Instant.ofEpochMilli(lastUpdated),
                FhirVersionNumber.version(row.getInt(7)),
                deleted,
                deleted
                        ? Json.empty()
                        : bodies.decompress(
                                row.getInt(8),
                                row.getBytes(9),
                                new Preamble(key.type(), key.id(), version, lastUpdated)));
    }

    static ResourceHead head(ResultSet row) throws SQLException {
        return new ResourceHead(
                new ResourceKey(row.getString(1), IdCode.decode(row.getBytes(2))),
                row.getLong(3),
                Instant.ofEpochMilli(row.getLong(4)),
                row.getBoolean(5));
    }
}
