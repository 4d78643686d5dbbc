package dev.andiron.bench;

import static dev.andiron.bench.Report.figure;

import dev.andiron.bench.Requests.Message;
import dev.andiron.bench.Requests.Round;
import dev.andiron.server.cli.load.Loader;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Mixed traffic for a long time: whether answers stay as fast and memory as small as they were at
 * first, whether anything fails, whether what lives in memory grows, and whether connections,
 * cursors and files are closed again.
 */
final class Soak {
    private static final int INTERVALS = 30;

    /**
     * At the end of so many intervals a collection is forced: looks are few, for each takes time.
     */
    private static final int LOOKED_AFTER = 5;

    private static final int OBSERVATIONS = 20_000;
    private static final String VIEW =
            """
            {"resourceType":"ViewDefinition","id":"soak","status":"active",\
            "resource":"Observation","select":[{"column":[{"name":"key","path":"getResourceKey()"},\
            {"name":"status","path":"status"}]}]}\
            """;

    private final Contender server;
    private final Path folder;
    private final double minutes;
    private final int connections;
    private final Report report;
    private final HttpClient client = HttpClient.newHttpClient();

    /** What an interval was like. */
    private record Interval(Round round, double peak) {}

    /**
     * @param folder for files between
     * @param minutes how long in all
     */
    Soak(Contender server, Path folder, double minutes, int connections, Report report) {
        this.server = server;
        this.folder = folder;
        this.minutes = minutes;
        this.connections = connections;
        this.report = report;
    }

    /** Whether nothing failed, nothing grew, and all came back. */
    boolean run() throws Exception {
        Path files = folder.resolve("generated");
        GeneratedBundles.write(files, 0, OBSERVATIONS);
        Loader.load(
                new Loader.Settings(server.base(), Optional.empty(), 2, Duration.ofMinutes(10)),
                List.of(files),
                (_, _, _) -> () -> {});
        put("ViewDefinition/soak", VIEW);
        report.table(
                "%.1f minutes of mixed traffic, %d connections".formatted(minutes, connections),
                List.of(
                        "minute",
                        "answers/s",
                        "p50 ms",
                        "p99 ms",
                        "failed",
                        "peak RSS MB",
                        "live MB",
                        "open files",
                        "open sockets"));
        List<Message> messages = messages();
        var intervals = new ArrayList<Interval>();
        var looks = new ArrayList<AtRest>();
        for (int i = 1; i <= INTERVALS; i++) {
            Round round =
                    Requests.send(server.base(), messages, connections, minutes * 60 / INTERVALS);
            var interval = new Interval(round, server.peakMegabytes());
            intervals.add(interval);
            Optional<AtRest> look = Optional.empty();
            if (i % LOOKED_AFTER == 0) {
                look = Optional.of(AtRest.of(server, client));
                looks.add(look.get());
            }
            report.row(
                    List.of(
                            figure(minutes * i / INTERVALS, 1),
                            figure(round.perSecond(), 0),
                            figure(round.milliseconds(0.5), 2),
                            figure(round.milliseconds(0.99), 2),
                            figure(round.failures(), 0),
                            figure(interval.peak(), 0),
                            look.map(each -> figure(each.live(), 1)).orElse(""),
                            look.map(each -> figure(each.files(), 0)).orElse(""),
                            look.map(each -> figure(each.sockets(), 0)).orElse("")));
        }
        report.say(
                "%nLive is what of the heap outlived a whole collection that was forced while"
                        + " nobody asked anything.");
        return judge(intervals, looks);
    }

    private boolean judge(List<Interval> intervals, List<AtRest> looks) throws IOException {
        int third = INTERVALS / 3;
        List<Interval> early = intervals.subList(0, third);
        List<Interval> late = intervals.subList(INTERVALS - third, INTERVALS);
        report.table("The last third beside the first", List.of("", "first", "last", "ratio"));
        compare("p50 ms", early, late, each -> each.round().milliseconds(0.5));
        compare("p99 ms", early, late, each -> each.round().milliseconds(0.99));
        compare("peak RSS MB", early, late, Interval::peak);
        long failed = intervals.stream().mapToLong(each -> each.round().failures()).sum();
        long answers = intervals.stream().mapToLong(each -> each.round().count()).sum();
        Map<String, Double> held = looks.getLast().busy();
        boolean isGrowing = AtRest.growsSteadily(looks);
        boolean isLeftOpen = AtRest.leavesOpen(looks);
        report.say(
                "%n%,d answers, %,d failed; still held when all was over: %s; live memory %s; open"
                        + " files and sockets %s",
                answers,
                failed,
                held.isEmpty() ? "nothing" : held,
                isGrowing ? "grew steadily" : "did not grow steadily",
                isLeftOpen ? "became ever more" : "did not become ever more");
        return failed == 0 && held.isEmpty() && !isGrowing && !isLeftOpen;
    }

    /** A figure of an interval. */
    private interface Figure {
        double of(Interval interval);
    }

    private void compare(String name, List<Interval> early, List<Interval> late, Figure figure) {
        double before = Comparison.median(early.stream().map(figure::of).toList());
        double after = Comparison.median(late.stream().map(figure::of).toList());
        report.row(List.of(name, figure(before, 2), figure(after, 2), figure(after / before, 2)));
    }

    private List<Message> messages() {
        var messages = new ArrayList<Message>();
        for (int i = 0; i < 400; i++) {
            int id = (int) (i * 7_919L % OBSERVATIONS);
            messages.add(get("Observation/o" + id));
            if (i % 2 == 0) {
                messages.add(get("Observation?code=code-" + i % SearchData.CODES + "&_count=20"));
                messages.add(
                        get("Observation?patient=Patient/p" + id / 100 + "&_sort=-date&_count=10"));
            }
            if (i % 4 == 0) {
                messages.add(get("Patient?_id=p" + id / 100 + "&_revinclude=Observation:patient"));
                messages.add(new Message("POST", server.path("Basic"), basic("")));
                messages.add(
                        new Message(
                                "PUT",
                                server.path("Basic/b" + i),
                                basic("\"id\":\"b" + i + "\",")));
            }
            if (i % 20 == 0) {
                messages.add(get("Basic/b0/_history?_count=5"));
                messages.add(get("ViewDefinition/soak/$viewdefinition-run?_format=csv&_limit=50"));
                messages.add(new Message("POST", server.base().getPath(), bundle(i)));
            }
        }
        put("Basic/b0", basic("\"id\":\"b0\","));
        Collections.shuffle(messages, new Random(1));
        return messages;
    }

    private Message get(String below) {
        return Message.get(server.path(below));
    }

    private static String basic(String id) {
        return "{\"resourceType\":\"Basic\",%s\"code\":{\"text\":\"soak\"}}".formatted(id);
    }

    private static String bundle(int number) {
        return """
        {"resourceType":"Bundle","type":"transaction","entry":[\
        {"resource":%s,"request":{"method":"POST","url":"Basic"}},\
        {"resource":%s,"request":{"method":"PUT","url":"Basic/t%d"}}]}\
        """
                .formatted(basic(""), basic("\"id\":\"t%d\",".formatted(number)), number);
    }

    private void put(String key, String json) {
        try {
            var request =
                    HttpRequest.newBuilder(URI.create(server.base() + "/" + key))
                            .header("Content-Type", "application/fhir+json")
                            .PUT(HttpRequest.BodyPublishers.ofString(json))
                            .build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(key + " was answered with " + answer.body());
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
