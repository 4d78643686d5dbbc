package dev.andiron.server.parameter;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.search.SearchValueExtractor;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.RunningRequests;
import dev.andiron.server.job.JobContext;
import dev.andiron.server.job.JobKind;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Gives stored resources the search values of today's parameters. Walks through them in the order
 * of their keys, in batches that do not stand in the way of anybody: a version that was replaced
 * meanwhile keeps the values that its writer gave it.
 */
public final class ReindexJob implements JobKind {
    /** The name of these jobs. */
    public static final String KIND = "reindex";

    private static final int BATCH = 200;
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Storage storage;
    private final StoredSearchParameters parameters;
    private final RunningRequests requests;
    private final Duration requestTime;
    private final InstantSource clock;

    /**
     * @param requests what runs in this server
     * @param requestTime how long a request of any server may run
     */
    public ReindexJob(
            Storage storage,
            StoredSearchParameters parameters,
            RunningRequests requests,
            Duration requestTime,
            InstantSource clock) {
        this.storage = storage;
        this.parameters = parameters;
        this.requests = requests;
        this.requestTime = requestTime;
        this.clock = clock;
    }

    @Override
    public String name() {
        return KIND;
    }

    /**
     * Where a walk stands.
     *
     * @param begun when it began: what was asked for before is done by it
     * @param what all that it does
     * @param last the last key that is done
     * @param done how many resources are done
     * @param total how many there were at the start
     */
    private record Position(
            Instant begun,
            ReindexRequest what,
            Optional<ResourceKey> last,
            long done,
            OptionalLong total) {

        static Position of(Json checkpoint) {
            JsonObject read = JsonReader.readObject(checkpoint.bytes());
            Optional<ResourceKey> last =
                    read.string("type")
                            .map(type -> new ResourceKey(type, read.string("id").orElseThrow()));
            return new Position(
                    Instant.parse(read.string("begun").orElseThrow()),
                    ReindexRequest.of(read.object("what").orElseThrow()),
                    last,
                    Long.parseLong(read.string("done").orElseThrow()),
                    read.string("total").stream().mapToLong(Long::parseLong).findFirst());
        }

        Json json() {
            var checkpoint =
                    JsonObject.builder()
                            .put("begun", begun.toString())
                            .put("what", what.object())
                            .put("done", Long.toString(done));
            last.ifPresent(key -> checkpoint.put("type", key.type()).put("id", key.id()));
            total.ifPresent(count -> checkpoint.put("total", Long.toString(count)));
            return Json.of(JsonWriter.compact(checkpoint.build()));
        }

        Progress progress() {
            String text = last.map(ResourceKey::type).orElse("starting");
            return new Progress(done, total, done + " resources, " + text);
        }

        Position at(ResourceKey key, int more) {
            return new Position(begun, what, Optional.of(key), done + more, total);
        }
    }

    @Override
    public Json run(JobContext context) throws InterruptedException {
        Instant begun = clock.instant();
        awaitEarlierWriters(context);
        parameters.refresh(context.tenant());
        Position position =
                context.checkpoint().isEmpty()
                        ? start(context, begun)
                        : Position.of(context.checkpoint());
        Set<String> types = position.what().types();
        if (types.isEmpty()) {
            position = walk(context, Optional.empty(), position);
        }
        for (String type : new TreeSet<>(types)) {
            boolean isDone =
                    position.last().filter(last -> last.type().compareTo(type) > 0).isPresent();
            if (!isDone) {
                position = walk(context, Optional.of(type), position);
            }
        }
        for (Job job : done(context, position.begun())) {
            if (position.what().covers(ReindexRequest.of(job.request()))) {
                storage.jobs().delete(context.tenant(), job.id());
            }
        }
        return Json.of("{\"resources\":" + position.done() + "}");
    }

    /**
     * The jobs whose work a run does as well that began at some time: they were asked for before,
     * nobody watches them, and they do not run.
     */
    private List<Job> done(JobContext context, Instant begun) {
        Instant last = storage.capabilities().shared() ? begun.minus(settling()) : begun;
        var jobs = new ArrayList<Job>();
        for (Job job : IndexingState.incompleteJobs(storage, context.tenant())) {
            boolean waits =
                    job.state() == JobState.ACCEPTED && !ReindexRequest.of(job.request()).byHand();
            if ((waits || job.state().ended()) && job.submitted().isBefore(last)) {
                jobs.add(job);
            }
        }
        return jobs;
    }

    private Duration settling() {
        return StoredSearchParameters.STALENESS.multipliedBy(2).plus(requestTime);
    }

    /**
     * Waits until nobody writes any more who may have begun with the parameters of before. Here
     * those are requests that still run; other servers learn of a change a little later, and their
     * requests have an end, too.
     */
    private void awaitEarlierWriters(JobContext context) throws InterruptedException {
        long mark = requests.mark();
        while (requests.anyBefore(mark)) {
            context.check();
            Thread.sleep(LOOK);
        }
        if (storage.capabilities().shared()) {
            Instant settled = context.job().submitted().plus(settling());
            while (clock.instant().isBefore(settled)) {
                context.check();
                Thread.sleep(LONGEST_PAUSE);
            }
        }
    }

    /** Begins with what was asked for, and with what waits behind it. */
    private Position start(JobContext context, Instant begun) {
        var what = ReindexRequest.of(context.job().request());
        for (Job job : done(context, begun)) {
            what = what.and(ReindexRequest.of(job.request()));
        }
        var position = new Position(begun, what, Optional.empty(), 0, count(context, what.types()));
        context.checkpoint(position.progress(), position.json());
        return position;
    }

    private OptionalLong count(JobContext context, Set<String> types) {
        if (types.isEmpty()) {
            return storage.resources().count(context.tenant(), Optional.empty());
        }
        long total = 0;
        for (String type : types) {
            OptionalLong count = storage.resources().count(context.tenant(), Optional.of(type));
            if (count.isEmpty()) {
                return count;
            }
            total += count.getAsLong();
        }
        return OptionalLong.of(total);
    }

    private Position walk(JobContext context, Optional<String> type, Position from)
            throws InterruptedException {
        Optional<ResourceKey> after =
                from.last().filter(key -> type.isEmpty() || key.type().equals(type.get()));
        Position position = from;
        while (true) {
            long begun = System.nanoTime();
            List<StoredResource> batch = batch(context.tenant(), new ScanRequest(type, after));
            if (batch.isEmpty()) {
                return position;
            }
            index(context.tenant(), batch);
            after = Optional.of(batch.getLast().key());
            position = position.at(batch.getLast().key(), batch.size());
            context.checkpoint(position.progress(), position.json());
            pause(System.nanoTime() - begun);
        }
    }

    private List<StoredResource> batch(TenantContext tenant, ScanRequest request) {
        var batch = new ArrayList<StoredResource>(BATCH);
        try (var cursor = storage.resources().scan(tenant, request)) {
            while (batch.size() < BATCH) {
                Optional<StoredResource> next = cursor.next();
                if (next.isEmpty()) {
                    break;
                }
                batch.add(next.get());
            }
        }
        return batch;
    }

    private void index(TenantContext tenant, List<StoredResource> batch) {
        SearchValueExtractor extractor = parameters.extractor(tenant);
        var mutations = new ArrayList<Mutation>(batch.size());
        for (StoredResource resource : batch) {
            JsonObject content = JsonReader.readObject(resource.content().bytes());
            mutations.add(
                    new Mutation.Index(
                            resource.key(),
                            resource.version(),
                            extractor.extract(content, storage.capabilities().search())));
        }
        storage.resources().commit(tenant, new Commit(List.of(), mutations));
    }

    /** Leaves others as much time as it takes itself, if there are others. */
    private void pause(long nanoseconds) throws InterruptedException {
        if (requests.anyBefore(requests.mark())) {
            Thread.sleep(Duration.ofNanos(Math.min(nanoseconds, LONGEST_PAUSE.toNanos())));
        }
    }

    @Override
    public FhirResponse answer(FhirRequest request, Job job) {
        JsonObject result = JsonReader.readObject(job.result().orElseThrow().bytes());
        return FhirResponse.outcome(
                200,
                List.of(
                        Issue.information(
                                "informational",
                                "%s resources were indexed again.".formatted(count(result)))));
    }

    private static String count(JsonObject result) {
        return result.get("resources") instanceof JsonNumber number ? number.text() : "0";
    }

    /** What failed or was cancelled tells that searches are incomplete, until it is done again. */
    @Override
    public boolean isForgotten(Job job) {
        return job.state() == JobState.COMPLETED;
    }
}
