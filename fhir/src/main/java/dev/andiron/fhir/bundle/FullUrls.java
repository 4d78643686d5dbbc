package dev.andiron.fhir.bundle;

import dev.andiron.fhir.outcome.Issue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which entry of a bundle a reference leads to (R4 sections 2.36.4.1 and 3.1.0.11.2). Immutable.
 *
 * <p>A reference leads to the entry whose fullUrl it equals; one that names a version does so
 * without it, and one with a fragment without that. A relative reference is resolved against the
 * RESTful base of the fullUrl of the entry it stands in, else against the server's base.
 */
public final class FullUrls {
    private static final Pattern RESTFUL =
            Pattern.compile("((?:https?)://[^?#]+?)/([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})");
    private static final String HISTORY = "/_history/";

    private final Map<String, Integer> entries;
    private final String[] bases;
    private final String serverBase;
    private final List<Issue> duplicates;

    private FullUrls(
            Map<String, Integer> entries,
            String[] bases,
            String serverBase,
            List<Issue> duplicates) {
        this.entries = entries;
        this.bases = bases;
        this.serverBase = serverBase;
        this.duplicates = List.copyOf(duplicates);
    }

    /**
     * An entry that a reference leads to.
     *
     * @param entry its index
     * @param versioned whether the reference names a version
     * @param fragment {@code #...} if the reference has one, else empty
     */
    public record Target(int entry, boolean versioned, String fragment) {}

    /**
     * The full URLs of a bundle's entries.
     *
     * @param requests the entries that can be read
     * @param size how many entries the bundle has
     * @param serverBase the base of this server, without a slash at the end
     */
    public static FullUrls of(List<RequestEntry.Request> requests, int size, String serverBase) {
        var entries = HashMap.<String, Integer>newHashMap(requests.size());
        var bases = new String[size];
        var duplicates = new ArrayList<Issue>();
        for (RequestEntry.Request request : requests) {
            if (request.fullUrl().isEmpty()) {
                continue;
            }
            String fullUrl = request.fullUrl().get();
            bases[request.index()] = base(fullUrl);
            Integer other = entries.putIfAbsent(fullUrl, request.index());
            if (other != null) {
                duplicates.add(duplicate(fullUrl, other, request));
            }
        }
        for (RequestEntry.Request request : requests) {
            if (request.fullUrl().isEmpty() && isInstance(request)) {
                entries.putIfAbsent(serverBase + "/" + request.url(), request.index());
            }
        }
        return new FullUrls(entries, bases, serverBase, duplicates);
    }

    private static Issue duplicate(String fullUrl, int other, RequestEntry.Request request) {
        return new Issue(
                Issue.Severity.ERROR,
                "duplicate",
                "entries %d and %d of the bundle have the same fullUrl %s"
                        .formatted(other, request.index(), fullUrl),
                List.of("Bundle.entry[" + other + "].fullUrl", request.expression() + ".fullUrl"));
    }

    private static String base(String fullUrl) {
        if (!fullUrl.startsWith("http")) {
            return null;
        }
        Matcher matcher = RESTFUL.matcher(fullUrl);
        return matcher.matches() ? matcher.group(1) : null;
    }

    private static boolean isInstance(RequestEntry.Request request) {
        boolean changes =
                request.method() == EntryMethod.PUT || request.method() == EntryMethod.PATCH;
        return changes && request.url().indexOf('/') > 0 && request.url().indexOf('?') < 0;
    }

    /** An issue for each fullUrl that stands twice, naming both entries. */
    public List<Issue> duplicates() {
        return duplicates;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** How links to entries begin: a small set for {@link References#rewrite}. */
    public Set<String> schemes() {
        var schemes = new TreeSet<String>();
        for (String fullUrl : entries.keySet()) {
            schemes.add(fullUrl.substring(0, fullUrl.indexOf(':') + 1));
        }
        schemes.remove("");
        return schemes;
    }

    /**
     * Where a reference leads.
     *
     * @param from the index of the entry that it stands in
     * @param reference the text of a {@code Reference.reference}
     */
    public Optional<Target> reference(int from, String reference) {
        if (entries.isEmpty() || reference.isEmpty() || reference.charAt(0) == '#') {
            return Optional.empty();
        }
        boolean absolute = reference.startsWith("urn:") || reference.contains("://");
        if (absolute) {
            return link(reference);
        }
        return reference.indexOf('?') >= 0
                ? Optional.empty()
                : link((bases[from] == null ? serverBase : bases[from]) + "/" + reference);
    }

    /** Where an absolute URL leads. */
    public Optional<Target> link(String url) {
        Integer exact = entries.get(url);
        if (exact != null) {
            return Optional.of(new Target(exact, false, ""));
        }
        int hash = url.indexOf('#');
        String fragment = hash < 0 ? "" : url.substring(hash);
        String whole = hash < 0 ? url : url.substring(0, hash);
        int history = whole.indexOf(HISTORY);
        if (history < 0 && hash < 0) {
            return Optional.empty();
        }
        Integer entry = entries.get(history < 0 ? whole : whole.substring(0, history));
        return entry == null
                ? Optional.empty()
                : Optional.of(new Target(entry, history >= 0, fragment));
    }
}
