package dev.andiron.fhir.search;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.fhir.terminology.ResourceLookup;
import dev.andiron.spi.search.Criterion;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What {@code _list} and {@code _in} find: the resources that a stored List names and has not
 * struck out, the active members of a Group, the participants of a CareTeam.
 */
final class ListMembers {
    private static final int MOST_MEMBERS = 10_000;
    private static final Kind LIST = new Kind("entry", "item", "deleted");
    private static final Map<String, Kind> KINDS =
            Map.of(
                    "List",
                    LIST,
                    "Group",
                    new Kind("member", "entity", "inactive"),
                    "CareTeam",
                    new Kind("participant", "member", ""));

    private final ReferenceTarget.Reader references;
    private final ResourceLookup lookup;

    ListMembers(ReferenceTarget.Reader references, ResourceLookup lookup) {
        this.references = references;
        this.lookup = lookup;
    }

    Criterion of(String value) throws Refusal {
        if (value.startsWith("$")) {
            throw Refusal.notImplemented(
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
        return criterion("List/" + id, members(list, LIST));
    }

    /** The members of what a reference leads to. */
    Criterion in(String value) throws Refusal {
        if (!(references.read(value) instanceof ReferenceTarget.Local local)
                || !KINDS.containsKey(local.type())
                || !local.version().isEmpty()) {
            throw Refusal.malformed(
                    "'" + value + "' is not of the form List/id, Group/id or CareTeam/id");
        }
        String name = local.type() + "/" + local.id();
        JsonObject found =
                lookup.read(local.type(), local.id())
                        .orElseThrow(
                                () ->
                                        Refusal.unprocessable(
                                                "there is no " + name + " in this server"));
        return criterion(name, members(found, KINDS.get(local.type())));
    }

    /** Where members stand: the list of them, each one's reference, and what strikes it out. */
    private record Kind(String members, String reference, String struck) {}

    private TreeMap<String, Set<String>> members(JsonObject list, Kind kind) {
        var members = new TreeMap<String, Set<String>>();
        for (JsonObject entry : list.objects(kind.members())) {
            String reference =
                    entry.object(kind.reference())
                            .flatMap(item -> item.string("reference"))
                            .orElse("#");
            if (entry.get(kind.struck()) != JsonBoolean.TRUE
                    && references.read(reference) instanceof ReferenceTarget.Local local) {
                members.computeIfAbsent(local.type(), _ -> new TreeSet<>()).add(local.id());
            }
        }
        return members;
    }

    private static Criterion criterion(String name, TreeMap<String, Set<String>> members)
            throws Refusal {
        if (members.values().stream().mapToInt(Set::size).sum() > MOST_MEMBERS) {
            throw Refusal.unprocessable(name + " has more than " + MOST_MEMBERS + " members");
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
