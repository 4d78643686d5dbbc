package dev.andiron.fhir.bundle;

import dev.andiron.fhir.json.JsonNull;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.Issue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads one entry and collects everything that is wrong with it. */
final class EntryReader {
    private static final Set<String> MEMBERS =
            Set.of(
                    "id",
                    "extension",
                    "modifierExtension",
                    "link",
                    "fullUrl",
                    "resource",
                    "request");
    private static final Set<String> REQUEST_MEMBERS =
            Set.of(
                    "id",
                    "extension",
                    "modifierExtension",
                    "method",
                    "url",
                    "ifMatch",
                    "ifNoneMatch",
                    "ifModifiedSince",
                    "ifNoneExist");

    private final int index;
    private final List<Issue> issues = new ArrayList<>();

    EntryReader(int index) {
        this.index = index;
    }

    RequestEntry read(JsonValue value) {
        if (!(value instanceof JsonObject entry)) {
            problem("structure", "", "is not an object");
            return new RequestEntry.Malformed(index, issues);
        }
        requireKnown(entry, MEMBERS, "");
        Optional<String> fullUrl = text(entry, "fullUrl", "");
        Optional<JsonObject> resource = resource(entry);
        if (!(entry.get("request") instanceof JsonObject request)) {
            problem("required", ".request", "needs a request with method and url");
            return new RequestEntry.Malformed(index, issues);
        }
        requireKnown(request, REQUEST_MEMBERS, ".request");
        Optional<EntryMethod> method = method(request);
        Optional<String> url = text(request, "url", ".request");
        if (!request.has("url")) {
            problem("required", ".request.url", "needs a url, such as Patient or Patient/1");
        }
        method.ifPresent(it -> requireResource(it, resource, url));
        var read =
                new RequestEntry.Request(
                        index,
                        fullUrl,
                        method.orElse(EntryMethod.GET),
                        url.orElse(""),
                        resource,
                        text(request, "ifMatch", ".request"),
                        text(request, "ifNoneMatch", ".request"),
                        text(request, "ifModifiedSince", ".request"),
                        text(request, "ifNoneExist", ".request"));
        return issues.isEmpty() ? read : new RequestEntry.Malformed(index, issues);
    }

    private Optional<JsonObject> resource(JsonObject entry) {
        JsonValue value = entry.get("resource");
        if (value != null && !(value instanceof JsonObject)) {
            problem("structure", ".resource", "has a resource that is not an object");
        }
        return entry.object("resource");
    }

    private Optional<EntryMethod> method(JsonObject request) {
        Optional<String> name = text(request, "method", ".request");
        if (!request.has("method")) {
            problem("required", ".request.method", "needs a method");
        }
        for (EntryMethod method : EntryMethod.values()) {
            if (name.isPresent() && method.name().equals(name.get())) {
                return Optional.of(method);
            }
        }
        name.ifPresent(
                it ->
                        problem(
                                "value",
                                ".request.method",
                                "has the method '%s'; known are GET, HEAD, POST, PUT, PATCH, DELETE"
                                        .formatted(it)));
        return Optional.empty();
    }

    private void requireResource(
            EntryMethod method, Optional<JsonObject> resource, Optional<String> url) {
        boolean operation = url.filter(EntryReader::needsNoResource).isPresent();
        if (method.carriesResource() && resource.isEmpty() && !operation) {
            problem("required", ".resource", "needs a resource, since its method is " + method);
        }
        if (!method.carriesResource() && resource.isPresent()) {
            problem("invalid", ".resource", "has a resource, which a %s has not".formatted(method));
        }
    }

    /** An operation, or a search by POST. */
    private static boolean needsNoResource(String url) {
        int question = url.indexOf('?');
        String path = question < 0 ? url : url.substring(0, question);
        return path.contains("$") || path.equals("_search") || path.endsWith("/_search");
    }

    private Optional<String> text(JsonObject object, String name, String path) {
        return switch (object.get(name)) {
            case null -> Optional.empty();
            case JsonString string when !string.value().isBlank() -> Optional.of(string.value());
            case JsonNull _ -> {
                problem("structure", path + "." + name, "has a null " + name);
                yield Optional.empty();
            }
            case JsonValue _ -> {
                problem(
                        "structure",
                        path + "." + name,
                        "has a %s that is not a text of at least one character".formatted(name));
                yield Optional.empty();
            }
        };
    }

    private void requireKnown(JsonObject object, Set<String> known, String path) {
        for (int i = 0; i < object.size(); i++) {
            String name = object.name(i);
            String element = name.startsWith("_") ? name.substring(1) : name;
            if (!known.contains(element)) {
                problem(
                        "structure",
                        path + "." + name,
                        "has the element '%s', which does not belong here".formatted(name));
            }
        }
    }

    private void problem(String code, String path, String problem) {
        issues.add(
                Issue.error(
                        code,
                        "entry %d of the bundle %s".formatted(index, problem),
                        "Bundle.entry[" + index + "]" + path));
    }
}
