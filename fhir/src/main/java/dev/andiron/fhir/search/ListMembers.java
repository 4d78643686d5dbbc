package dev.andiron.fhir.search;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.fhir.terminology.ResourceLookup;
import dev.andiron.spi.search.Criterion;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What {@code _list} finds: the resources that a stored List names and has not struck out. */
final class ListMembers {
    private static final int MOST_MEMBERS = 10_000;

    private final ReferenceTarget.Reader references;
    private final ResourceLookup lookup;

    ListMembers(ReferenceTarget.Reader references, ResourceLookup lookup) {
        this.references = references;
        this.lookup = lookup;
    }

    Criterion of(String value) throws Refusal {
        if (value.startsWith("$")) {
            throw Refusal.notUnderstood(
                    "the functional list '"
                            + value
                            + "' is not kept by this server; it finds the members of stored List"
                            + " resources");
        }
        String id = value.startsWith("List/") ? value.substring("List/".length()) : value;
        if (!ReferenceTarget.Reader.isId(id)) {
            throw Refusal.malformed("'" + value + "' is not the id of a List");
        }
        JsonObject list =
                lookup.read("List", id)
                        .orElseThrow(
                                () ->
                                        Refusal.unprocessable(
                                                "there is no List/" + id + " in this server"));
        return criterion(id, members(list));
    }

    private TreeMap<String, Set<String>> members(JsonObject list) {
        var members = new TreeMap<String, Set<String>>();
        for (JsonObject entry : list.objects("entry")) {
            String reference =
                    entry.object("item").flatMap(item -> item.string("reference")).orElse("#");
            if (entry.get("deleted") != JsonBoolean.TRUE
                    && references.read(reference) instanceof ReferenceTarget.Local local) {
                members.computeIfAbsent(local.type(), _ -> new TreeSet<>()).add(local.id());
            }
        }
        return members;
    }

    private static Criterion criterion(String id, TreeMap<String, Set<String>> members)
            throws Refusal {
        if (members.values().stream().mapToInt(Set::size).sum() > MOST_MEMBERS) {
            throw Refusal.unprocessable(
                    "List/" + id + " has more than " + MOST_MEMBERS + " members");
        }
        var alternatives = new ArrayList<Criterion>();
        members.forEach(
                (type, ids) ->
                        alternatives.add(
                                new Criterion.All(
                                        List.of(
                                                new Criterion.Type(Set.of(type)),
                                                new Criterion.Id(ids)))));
        return new Criterion.Any(alternatives);
    }
}
