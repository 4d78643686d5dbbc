package dev.andiron.fhir.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.ElementDefinition;
import dev.andiron.fhir.definition.ElementType;
import dev.andiron.fhir.definition.TypeDefinition;
import dev.andiron.fhir.definition.TypeKind;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes valid views that nobody would think of, from the shape of given resources. The same seed
 * makes the same views.
 */
public final class RandomViews {
    private static final int MAX_DEPTH = 3;

    private final Definitions definitions;
    private final Random random;
    private int columns;

    public RandomViews(Definitions definitions, long seed) {
        this.definitions = definitions;
        this.random = new Random(seed);
    }

    /** A view whose paths lead somewhere in this resource, and perhaps nowhere in others. */
    public JsonObject like(JsonObject resource) {
        columns = 0;
        String type = resource.string("resourceType").orElseThrow();
        var selects = new ArrayList<JsonObject>();
        selects.add(select(resource, type, 0).build());
        while (selects.size() < 3 && random.nextBoolean()) {
            selects.add(select(resource, type, 0).build());
        }
        var view =
                JsonObject.builder()
                        .put("resourceType", "ViewDefinition")
                        .put("name", "random")
                        .put("resource", type)
                        .put("select", JsonArray.of(selects));
        if (random.nextInt(3) == 0) {
            view.put(
                    "where",
                    JsonArray.of(
                            JsonObject.builder().put("path", condition(resource, type)).build()));
        }
        return view.build();
    }

    /** A step to an element that is there. */
    private record Step(String path, String type, JsonValue value, boolean repeats) {}

    private JsonObject.Builder select(JsonObject focus, String type, int depth) {
        var select = JsonObject.builder();
        JsonObject inner = focus;
        String innerType = type;
        List<Step> lists =
                steps(focus, type).stream()
                        .filter(step -> step.value() instanceof JsonObject)
                        .toList();
        if (!lists.isEmpty() && random.nextInt(3) > 0) {
            Step step = pick(lists);
            select.put(random.nextBoolean() ? "forEach" : "forEachOrNull", step.path());
            inner = (JsonObject) step.value();
            innerType = step.type();
        }
        var made = new ArrayList<JsonObject>();
        int wanted = 1 + random.nextInt(4);
        for (int i = 0; i < wanted; i++) {
            made.add(column(inner, innerType));
        }
        select.put("column", JsonArray.of(made));
        if (depth < MAX_DEPTH && random.nextInt(3) == 0) {
            select.put("select", JsonArray.of(select(inner, innerType, depth + 1).build()));
        }
        if (depth < MAX_DEPTH && random.nextInt(4) == 0) {
            select.put("unionAll", union(inner, innerType));
        }
        return select;
    }

    /** Two branches of one column. */
    private JsonArray union(JsonObject focus, String type) {
        String name = nextName();
        return JsonArray.of(branch(focus, type, name), branch(focus, type, name));
    }

    private JsonObject branch(JsonObject focus, String type, String name) {
        JsonObject branch = column(focus, type);
        return JsonObject.builder()
                .put(
                        "column",
                        JsonArray.of(
                                JsonObject.builder()
                                        .put("name", name)
                                        .put(
                                                "path",
                                                "("
                                                        + branch.string("path").orElseThrow()
                                                        + ").exists()")
                                        .build(),
                                JsonObject.builder()
                                        .put("name", name + "_index")
                                        .put("path", "%rowIndex")
                                        .build()))
                .build();
    }

    private String nextName() {
        return "c" + columns++;
    }

    private JsonObject column(JsonObject focus, String type) {
        var column = JsonObject.builder().put("name", nextName());
        List<Step> leaves = leaves(focus, type);
        if (leaves.isEmpty() || random.nextInt(10) == 0) {
            return column.put("path", "%rowIndex").build();
        }
        Step leaf = pick(leaves);
        return switch (random.nextInt(7)) {
            case 0 -> column.put("path", leaf.path() + ".exists()").build();
            case 1 -> column.put("path", leaf.path() + ".count()").build();
            case 2 -> column.put("path", leaf.path()).put("collection", true).build();
            case 3 -> column.put("path", leaf.path() + ".empty().not()").build();
            case 4 -> column.put("path", equality(leaf)).build();
            default -> column.put("path", leaf.path() + ".first()").build();
        };
    }

    private String condition(JsonObject focus, String type) {
        List<Step> leaves = leaves(focus, type);
        if (leaves.isEmpty()) {
            return "id.exists()";
        }
        String one = pick(leaves).path() + ".exists()";
        String other = equality(pick(leaves));
        return switch (random.nextInt(4)) {
            case 0 -> one;
            case 1 -> one + " and " + other;
            case 2 -> one + " or " + other;
            default -> "(" + other + ") = true or " + one + ".not()";
        };
    }

    /** A comparison with the value that is there. */
    private String equality(Step leaf) {
        String first = leaf.path() + ".first()";
        return switch (leaf.value()) {
            case dev.andiron.fhir.json.JsonNumber number -> first + " >= " + number.text();
            case dev.andiron.fhir.json.JsonBoolean truth -> first + " = " + truth.value();
            case dev.andiron.fhir.json.JsonString text when isText(leaf.type()) ->
                    first + " = '" + quoted(text.value()) + "'";
            default -> leaf.path() + ".exists()";
        };
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\")
                .replace("'", "\\'")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
    }

    private boolean isText(String type) {
        return ValueTypes.of(type, definitions)
                .filter(known -> known.kind() == dev.andiron.spi.view.ValueType.Kind.STRING)
                .isPresent();
    }

    private <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** Primitives one or two or three steps away. */
    private List<Step> leaves(JsonObject focus, String type) {
        var leaves = new ArrayList<Step>();
        collect(focus, type, "", 0, leaves);
        return leaves;
    }

    private void collect(
            JsonObject focus, String type, String prefix, int depth, List<Step> leaves) {
        for (Step step : steps(focus, type)) {
            String path = prefix + step.path();
            if (step.value() instanceof JsonObject object) {
                if (depth < MAX_DEPTH) {
                    collect(object, step.type(), path + ".", depth + 1, leaves);
                }
            } else {
                leaves.add(new Step(path, step.type(), step.value(), step.repeats()));
            }
        }
    }

    private List<Step> steps(JsonObject focus, String type) {
        var steps = new ArrayList<Step>();
        TypeDefinition definition = definitions.type(type).orElse(null);
        if (definition == null) {
            return steps;
        }
        for (ElementDefinition element : definition.elements()) {
            for (ElementType elementType : element.types()) {
                JsonValue value = focus.get(element.jsonName(elementType));
                TypeDefinition target = definitions.type(elementType.name()).orElse(null);
                boolean typed =
                        target != null
                                && !(target.kind() == TypeKind.RESOURCE)
                                && !elementType.name().equals("xhtml");
                if (value == null || !typed) {
                    continue;
                }
                String path =
                        element.isChoice()
                                ? element.name() + ".ofType(" + elementType.name() + ")"
                                : element.name();
                JsonValue one = value instanceof JsonArray array ? array.get(0) : value;
                steps.add(new Step(path, elementType.name(), one, element.isRepeating()));
            }
        }
        return steps;
    }
}
