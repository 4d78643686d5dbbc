package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.server.RunningServer.Answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Reads bundles, and follows their links. */
final class Pages {

    private Pages() {}

    static Optional<String> link(Answer page, String relation) {
        return page.json().objects("link").stream()
                .filter(link -> link.string("relation").orElse("").equals(relation))
                .findFirst()
                .flatMap(link -> link.string("url"));
    }

    /** Type and id of the entries in a mode, in order. */
    static List<String> keys(Answer page, String mode) {
        return page.json().objects("entry").stream()
                .filter(entry -> mode(entry).equals(mode))
                .flatMap(entry -> entry.object("resource").stream())
                .map(Pages::key)
                .toList();
    }

    private static String mode(JsonObject entry) {
        return entry.object("search").flatMap(search -> search.string("mode")).orElse("");
    }

    private static String key(JsonObject resource) {
        return resource.string("resourceType").orElse("") + "/" + resource.string("id").orElse("");
    }

    /** The included resources, in alphabetical order. */
    static List<String> included(Answer page) {
        return List.copyOf(new TreeSet<>(keys(page, "include")));
    }

    /** What the answer says about itself. */
    static List<String> notes(Answer page) {
        return page.json().objects("entry").stream()
                .filter(entry -> mode(entry).equals("outcome"))
                .flatMap(entry -> entry.object("resource").stream())
                .flatMap(outcome -> outcome.objects("issue").stream())
                .map(issue -> issue.string("diagnostics").orElse(""))
                .toList();
    }

    /** The pages from a URL on, by a relation. */
    static List<Answer> follow(RunningServer server, String url, String relation) {
        var pages = new ArrayList<Answer>();
        Optional<String> next = Optional.of(url);
        while (next.isPresent()) {
            Answer page = server.get(next.get());
            assertEquals(200, page.status(), page.text());
            pages.add(page);
            next = link(page, relation);
        }
        return pages;
    }
}
