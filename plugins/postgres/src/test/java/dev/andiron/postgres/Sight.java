package dev.andiron.postgres;

import dev.andiron.spi.blob.Blob;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobList;
import dev.andiron.spi.job.JobSubmission;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.BlobBytes;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that a tenant can see of what {@link #fill} has written for it. All tenants use the
 * same keys and values, so that whatever one sees of another's shows.
 */
final class Sight {
    static final ResourceKey ONE = Resources.patient("1");
    static final ResourceKey TWO = Resources.observation("2");
    static final JobId JOB = new JobId("job");
    private static final BlobName FILE = new BlobName(JOB, "file");

    private Sight() {}

    static void fill(Tenant tenant) {
        tenant.create(ONE, values(tenant));
        tenant.create(TWO, values(tenant));
        tenant.update(ONE, values(tenant));
        tenant.jobs()
                .submit(tenant.context(), new JobSubmission(JOB, "sight", Json.of(name(tenant))));
        BlobBytes.write(tenant, FILE, name(tenant).getBytes(StandardCharsets.UTF_8), 100);
    }

    private static String name(Tenant tenant) {
        return "\"" + tenant.context().tenant() + "\"";
    }

    private static SearchValue[] values(Tenant tenant) {
        return new SearchValue[] {
            new SearchValue.Token("code", "urn:s", "same", "display"),
            new SearchValue.Text("name", "same", "same"),
            new SearchValue.Text("own", name(tenant), name(tenant)),
            new SearchValue.LocalReference("subject", "Patient", "1", ""),
            new SearchValue.Date(
                    "date",
                    Instant.parse("2024-01-01T00:00:00Z"),
                    Instant.parse("2024-01-02T00:00:00Z"))
        };
    }

    /** What is seen, each as a text that holds whose it is where that can be told. */
    static List<String> of(Tenant tenant) {
        var seen = new ArrayList<String>();
        tenant.read(ONE).ifPresent(found -> seen.add("read " + found));
        tenant.store().head(tenant.context(), ONE).ifPresent(head -> seen.add("head " + head));
        add(seen, "many", tenant.store().readMany(tenant.context(), List.of(ONE, TWO)));
        add(seen, "heads", tenant.store().heads(tenant.context(), List.of(ONE, TWO)));
        add(seen, "scan", Walk.scan(tenant, ScanRequest.all()));
        add(seen, "versions", Walk.versions(tenant, ONE, 10));
        tenant.versions()
                .readVersion(tenant.context(), ONE, 1)
                .ifPresent(found -> seen.add("version " + found));
        for (HistoryScope scope :
                List.of(
                        new HistoryScope.Instance(ONE),
                        new HistoryScope.Type("Patient"),
                        new HistoryScope.System())) {
            add(seen, scope.toString(), Walk.history(tenant, scope, 10));
        }
        add(seen, "feed", tenant.changes(0, 10));
        for (Criterion criterion : criteria()) {
            add(
                    seen,
                    "search " + criterion,
                    Walk.search(tenant, Query.of("Observation", criterion, 10)));
        }
        add(
                seen,
                "everything",
                Walk.search(tenant, Query.of("Patient", Criterion.everything(), 10)));
        long counted =
                tenant.store().count(tenant.context(), Optional.empty()).orElse(0)
                        + tenant.store().count(tenant.context(), Optional.of("Patient")).orElse(0)
                        + tenant.feed().last(tenant.context());
        if (counted > 0) {
            seen.add("counted " + counted);
        }
        tenant.jobs().read(tenant.context(), JOB).ifPresent(job -> seen.add("job " + text(job)));
        tenant.jobs()
                .list(tenant.context(), JobList.all(10))
                .forEach(job -> seen.add("listed " + text(job)));
        BlobBytes.read(tenant, FILE)
                .ifPresent(bytes -> seen.add("file " + new String(bytes, StandardCharsets.UTF_8)));
        for (Blob blob : tenant.blobs().list(tenant.context(), JOB, "", 10)) {
            seen.add("listed " + blob);
        }
        return seen;
    }

    private static List<Criterion> criteria() {
        return List.of(
                new Criterion.Value(
                        "code", new ValueTest.Token(Optional.of("urn:s"), Optional.of("same"))),
                new Criterion.Value(
                        "name", new ValueTest.Text(ValueTest.TextOperator.EQUALS, "same", true)),
                new Criterion.Present("own"),
                new Criterion.Chain(
                        "subject",
                        Set.of("Patient"),
                        new Criterion.Value(
                                "code",
                                new ValueTest.Token(Optional.of("urn:s"), Optional.of("same")))));
    }

    private static String text(Job job) {
        return job.tenant() + " " + job.id() + " " + job.request();
    }

    private static void add(List<String> seen, String how, List<?> found) {
        found.forEach(each -> seen.add(how + " " + each));
    }
}
