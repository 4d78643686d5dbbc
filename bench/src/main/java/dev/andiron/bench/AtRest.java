package dev.andiron.bench;

import java.io.IOException;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What a server holds while nobody asks it anything, right after a whole collection that was
 * forced.
 *
 * @param live megabytes of the heap that outlived it: what is in use, and no garbage
 * @param files open files, sockets left out; NaN where the system does not tell
 * @param sockets open sockets; NaN where the system does not tell
 * @param busy what the server itself counts as lent, waiting or running, where that is not 0
 */
record AtRest(double live, double files, double sockets, Map<String, Double> busy) {
    /** What may be added to live memory, in megabytes, before that counts as growth. */
    private static final double MEMORY_SLACK = 16;

    /** Likewise for open files, and for sockets, which clients have just closed. */
    private static final double FILE_SLACK = 16;

    /** Forces a collection, and looks. */
    static AtRest of(Contender server, HttpClient client) throws IOException, InterruptedException {
        MeasuredProcess process = server.process().orElseThrow();
        process.collect();
        Map<String, Double> values = Metrics.of(server.base(), client).values();
        double live =
                values.entrySet().stream()
                        .filter(each -> each.getKey().startsWith("jvm_memory_used_bytes"))
                        .filter(each -> each.getKey().contains("area=\"heap\""))
                        .mapToDouble(Map.Entry::getValue)
                        .sum();
        var busy = new TreeMap<String, Double>();
        values.forEach(
                (name, value) -> {
                    if (value > 0 && isBusy(name)) {
                        busy.put(name, value);
                    }
                });
        double sockets = process.open(true);
        return new AtRest(live / 1e6, process.open(false), sockets, busy);
    }

    private static boolean isBusy(String name) {
        return name.startsWith("andiron_")
                && (name.contains("_busy")
                        || name.contains("_waiting")
                        || name.startsWith("andiron_requests_running"));
    }

    /** Whether what lives was more at each look of the second half than before, and much in all. */
    static boolean growsSteadily(List<AtRest> looks) {
        return rises(looks, AtRest::live, Math.max(MEMORY_SLACK, looks.getFirst().live() / 10));
    }

    /** Whether there were more open files, or sockets, at each look of the second half. */
    static boolean leavesOpen(List<AtRest> looks) {
        return rises(looks, AtRest::files, FILE_SLACK) || rises(looks, AtRest::sockets, FILE_SLACK);
    }

    private static boolean rises(
            List<AtRest> looks, ToDoubleFunction<AtRest> figure, double slack) {
        double[] late = looks.stream().skip((looks.size() - 1) / 2).mapToDouble(figure).toArray();
        for (int i = 1; i < late.length; i++) {
            // A figure that is not known does not rise.
            if (!(late[i] > late[i - 1])) {
                return false;
            }
        }
        return late[late.length - 1] - late[0] > slack;
    }
}
