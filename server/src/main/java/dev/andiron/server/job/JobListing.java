package dev.andiron.server.job;

import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.Content;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.operation.ParametersResource;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobList;
import dev.andiron.spi.job.JobState;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A page of the jobs of a tenant that whoever asks may see, newest first: {@code kind} and {@code
 * state} choose some of them, {@code _count} says how many, and {@code before} goes on where a page
 * ended.
 */
final class JobListing {
    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 500;
    private static final Set<String> KNOWN =
            Set.of("kind", "state", "_count", "before", "_format", "_pretty");

    private final Storage storage;
    private final FhirRequest request;
    private final Instant now;

    JobListing(Storage storage, FhirRequest request, Instant now) {
        this.storage = storage;
        this.request = request;
        this.now = now;
    }

    FhirResponse page() {
        for (Parameters.Entry entry : request.parameters().entries()) {
            if (!KNOWN.contains(entry.name())) {
                throw refused(
                        "The parameter '%s' is not known here; known are _count, before, kind and"
                                        .formatted(entry.name())
                                + " state.");
            }
        }
        var list = new JobList(kinds(), states(), before(), count());
        List<Job> jobs = seen(list);
        var all = new ParametersResource();
        jobs.forEach(job -> all.parts("job", job(job)));
        if (jobs.size() == list.limit()) {
            all.value("next", "Uri", JsonString.of(next(jobs.getLast())));
        }
        return FhirResponse.of(200, Content.of(all.build()));
    }

    /** As many as fit on the page of those that are there for whoever asks. */
    private List<Job> seen(JobList first) {
        var seen = new ArrayList<Job>();
        JobList page = first;
        while (true) {
            List<Job> jobs = storage.jobs().list(request.tenant(), page);
            for (Job job : jobs) {
                if (JobOwner.isFor(request, job)) {
                    seen.add(job);
                }
                if (seen.size() == first.limit()) {
                    return seen;
                }
            }
            if (jobs.size() < first.limit()) {
                return seen;
            }
            page = first.behind(jobs.getLast());
        }
    }

    private static FhirException refused(String message) {
        return new FhirException(400, "value", message);
    }

    private Set<String> kinds() {
        return words("kind");
    }

    private Set<String> words(String name) {
        return request.parameters().all(name).stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .collect(Collectors.toSet());
    }

    private Set<JobState> states() {
        return words("state").stream()
                .map(
                        word ->
                                Arrays.stream(JobState.values())
                                        .filter(state -> word(state).equals(word))
                                        .findFirst()
                                        .orElseThrow(
                                                () ->
                                                        refused(
                                                                "state: '%s' is none of %s."
                                                                        .formatted(
                                                                                word,
                                                                                allStates()))))
                .collect(Collectors.toSet());
    }

    private static String allStates() {
        return Arrays.stream(JobState.values())
                .map(JobListing::word)
                .collect(Collectors.joining(", "));
    }

    private static String word(JobState state) {
        return state == JobState.RUNNING ? "in-progress" : state.name().toLowerCase(Locale.ROOT);
    }

    private int count() {
        String text = request.parameters().first("_count").orElse(Integer.toString(PAGE));
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw refused("_count takes a whole number from 1, not '%s'.".formatted(text));
        }
        return Math.min(LARGEST_PAGE, Integer.parseInt(text));
    }

    private Optional<JobList.Place> before() {
        return request.parameters()
                .first("before")
                .map(
                        text -> {
                            String[] words = text.split("_", 2);
                            try {
                                return new JobList.Place(
                                        Instant.parse(words[0]), new JobId(words[1]));
                            } catch (DateTimeException
                                    | IllegalArgumentException
                                    | ArrayIndexOutOfBoundsException e) {
                                throw refused("before is what a link of a page before says.");
                            }
                        });
    }

    private String next(Job last) {
        var more =
                request.parameters()
                        .without(Set.of("before"))
                        .and(
                                new Parameters(
                                        List.of(
                                                new Parameters.Entry(
                                                        "before",
                                                        last.submitted() + "_" + last.id()))));
        return request.base() + "/" + Jobs.STATUS + "?" + more.encoded();
    }

    private ParametersResource job(Job job) {
        var parts =
                new ParametersResource()
                        .string("id", job.id().value())
                        .string("kind", job.kind())
                        .value("state", "Code", JsonString.of(word(job.state())))
                        .value("submitted", "Instant", JsonString.of(job.submitted().toString()));
        job.started().ifPresent(time -> instant(parts, "started", time));
        job.ended().ifPresent(time -> instant(parts, "ended", time));
        if (!job.state().ended()) {
            parts.string("progress", new Forecast(job, now).text());
        }
        job.failure().ifPresent(reason -> parts.string("failure", reason));
        return parts.value("location", "Uri", JsonString.of(Jobs.statusUrl(request, job.id())));
    }

    private static void instant(ParametersResource parts, String name, Instant time) {
        parts.value(name, "Instant", JsonString.of(time.toString()));
    }
}
