package dev.andiron.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;

/** What a server of ours counts, at one moment. */
record Metrics(Map<String, Double> values) {

    /** Asks for them. */
    static Metrics of(URI base, HttpClient client) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(base.resolve("/metrics")).build();
        String text = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        var values = new TreeMap<String, Double>();
        text.lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(
                        line -> {
                            int space = line.lastIndexOf(' ');
                            values.put(
                                    line.substring(0, space),
                                    Double.parseDouble(line.substring(space + 1)));
                        });
        return new Metrics(values);
    }

    /** The sum over all labels; NaN if there is none of the name. */
    double sum(String name) {
        return values.entrySet().stream()
                .filter(each -> each.getKey().startsWith(name + "{"))
                .mapToDouble(Map.Entry::getValue)
                .reduce(Double::sum)
                .orElse(Double.NaN);
    }
}
