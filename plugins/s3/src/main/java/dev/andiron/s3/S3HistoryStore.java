package dev.andiron.s3;

import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** History at three levels: of a resource by its versions, of all others by walking the log. */
final class S3HistoryStore implements HistoryStore {
    private final Tenants tenants;
    private final ContentReader contents;

    S3HistoryStore(Tenants tenants, ContentReader contents) {
        this.tenants = tenants;
        this.contents = contents;
    }

    @Override
    public Page history(TenantContext tenant, HistoryRequest request) {
        Snapshot snapshot = tenants.of(tenant).log().latest();
        List<LogRecord> found =
                walk(snapshot, request)
                        .filter(record -> matches(snapshot, request, record))
                        .limit(request.limit() + 1L)
                        .toList();
        if (found.size() <= request.limit()) {
            return new Page(contents.resources(found), OptionalLong.empty());
        }
        List<LogRecord> page = found.subList(0, request.limit());
        return new Page(contents.resources(page), OptionalLong.of(page.getLast().position()));
    }

    private static Stream<LogRecord> walk(Snapshot snapshot, HistoryRequest request) {
        long before = request.before().orElse(Long.MAX_VALUE);
        long since = request.since().map(Instant::toEpochMilli).orElse(Long.MIN_VALUE);
        return switch (request.scope()) {
            case HistoryScope.Instance instance ->
                    snapshot.versions(instance.key())
                            .dropWhile(record -> record.position() >= before);
            case HistoryScope.Type type ->
                    listed(
                                    snapshot,
                                    before,
                                    segment ->
                                            segment.newest() >= since
                                                    && segment.types().contains(type.type()))
                            .filter(record -> record.key().type().equals(type.type()))
                            .filter(record -> !snapshot.erased(record));
            case HistoryScope.System _ ->
                    listed(snapshot, before, segment -> segment.newest() >= since)
                            .filter(record -> !snapshot.erased(record));
        };
    }

    private static Stream<LogRecord> listed(
            Snapshot snapshot, long before, Predicate<Segment> worthwhile) {
        return snapshot.before(before, worthwhile).filter(record -> !record.purge());
    }

    private static boolean matches(Snapshot snapshot, HistoryRequest request, LogRecord record) {
        Instant written = Instant.ofEpochMilli(record.lastUpdated());
        if (request.since().isPresent() && written.isBefore(request.since().get())) {
            return false;
        }
        if (request.at().isEmpty()) {
            return true;
        }
        HistoryRequest.Period at = request.at().get();
        return written.isBefore(at.end())
                && snapshot.replacement(record)
                        .map(next -> Instant.ofEpochMilli(next.lastUpdated()))
                        .filter(replaced -> !replaced.isAfter(at.start()))
                        .isEmpty();
    }
}
