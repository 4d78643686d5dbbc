package dev.andiron.s3;

import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The log as a feed of changes. */
final class S3ChangeFeed implements ChangeFeed {
    private final Tenants tenants;
    private final ContentReader contents;
    private final ObjectStore objects;

    S3ChangeFeed(Tenants tenants, ContentReader contents, ObjectStore objects) {
        this.tenants = tenants;
        this.contents = contents;
        this.objects = objects;
    }

    @Override
    public List<Change> changes(TenantContext tenant, long after, int limit) {
        Snapshot snapshot = tenants.of(tenant).log().latest();
        List<LogRecord> records =
                snapshot.after(after)
                        .filter(record -> record.purge() || !snapshot.erased(record))
                        .limit(limit)
                        .toList();
        List<Optional<StoredResource>> resources = contents.find(records);
        var changes = new ArrayList<Change>(records.size());
        for (int i = 0; i < records.size(); i++) {
            LogRecord record = records.get(i);
            if (record.purge()) {
                changes.add(new Change.Purged(record.position(), record.key()));
            } else if (resources.get(i).isPresent()) {
                changes.add(new Change.Written(record.position(), resources.get(i).get()));
            } else {
                // Purged while this was read; a page cut short would look like the end.
                return changes(tenant, after, limit);
            }
        }
        return changes;
    }

    @Override
    public long last(TenantContext tenant) {
        return tenants.of(tenant).log().latest().last();
    }

    @Override
    public List<TenantId> tenants(String after, int limit) {
        String folder = objects.apart() ? Keys.TENANTS : Keys.LOGS;
        String behind = after.isEmpty() ? "" : folder + after + "!/" + Keys.LAST;
        return objects.folders(folder, behind, limit).stream().map(Keys::tenant).toList();
    }
}
