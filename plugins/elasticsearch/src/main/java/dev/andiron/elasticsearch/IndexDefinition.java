package dev.andiron.elasticsearch;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;

/** The settings and the mapping of an index, as JSON. */
final class IndexDefinition {
    /** Grows with every change that makes indices made before unreadable. */
    static final int FORMAT = 1;

    /** Above every count of words, so that no phrase leads from one text into the next. */
    private static final int GAP = 1_000;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Found by equality, prefix and content alone. */
    private static final List<String> KEYWORDS =
            List.of(
                    Field.HAS,
                    Field.STRING,
                    Field.EXACT,
                    Field.TOKEN,
                    Field.CODE,
                    Field.DISPLAY,
                    Field.TYPED,
                    Field.REFERENCE_FORM,
                    Field.EXTERNAL,
                    Field.LOGICAL,
                    Field.LOGICAL_VALUE,
                    Field.URI,
                    Field.POINT,
                    Field.LOW,
                    Field.HIGH,
                    Field.MANY);

    private final ElasticsearchOptions options;

    IndexDefinition(ElasticsearchOptions options) {
        this.options = options;
    }

    /** What a new index is made of. */
    ObjectNode index() {
        ObjectNode index = JSON.createObjectNode();
        settings(index.putObject("settings"));
        mapping(index.putObject("mappings"));
        return index;
    }

    /** What every index of this backend is made of, whoever makes it. */
    ObjectNode template() {
        ObjectNode template = JSON.createObjectNode();
        template.putArray("index_patterns").add(options.prefix() + "-*");
        template.put("priority", 500);
        // What was deleted by hand does not come again without its alias.
        template.put("allow_auto_create", false);
        template.set("template", index());
        ObjectNode meta = template.putObject("_meta");
        meta.put("description", "the search index of a FHIR server");
        meta.put("format", FORMAT);
        return template;
    }

    private void settings(ObjectNode settings) {
        settings.put("number_of_shards", options.shards());
        settings.put("number_of_replicas", options.replicas());
        settings.put("refresh_interval", options.refreshInterval().toMillis() + "ms");
        // A log of one shard is lost from its end, so a position is lost with what it stands for.
        settings.put("index.translog.durability", options.shards() == 1 ? "async" : "request");
        // What was deleted may come again at once, from a smaller position too.
        settings.put("index.gc_deletes", "0s");
        settings.put("index.max_terms_count", Math.max(65_536, options.joinLimit() + 1));
        settings.put("index.mapping.nested_objects.limit", 100_000);
        ObjectNode analysis = settings.putObject("analysis");
        analysis.putObject("tokenizer")
                .putObject("words")
                .put("type", "whitespace")
                .put("max_token_length", 4 * Words.LONGEST);
        analysis.putObject("analyzer").putObject("words").put("tokenizer", "words");
        settings.putObject("similarity")
                .putObject("occurrences")
                .put("type", "scripted")
                .putObject("script")
                .put("source", "return query.boost * doc.freq / (doc.freq + 1.0);");
    }

    private static void mapping(ObjectNode mapping) {
        mapping.put("dynamic", "strict");
        mapping.putObject("_meta").put("format", FORMAT);
        ObjectNode fields = mapping.putObject("properties");
        for (String name :
                List.of(Field.KIND, Field.TENANT, Field.SCOPE, Field.TYPE, Field.ID, Field.KEY)) {
            type(fields, name, "keyword");
        }
        type(fields, Field.VERSION, "long").put("index", false);
        type(fields, Field.UPDATED, "long");
        for (String name : List.of(Field.APPLIED, Field.COPY, Field.SECOND)) {
            type(fields, name, "long").put("index", false).put("doc_values", false);
        }
        type(fields, Field.SECOND_INDEX, "keyword").put("index", false).put("doc_values", false);
        for (String name : List.of(Field.ASCENDING, Field.DESCENDING)) {
            type(fields, name, "flattened").put("index", false);
        }
        element(fields);
        ObjectNode contained = nested(fields, Field.CONTAINED);
        for (String name : List.of(Field.OF, Field.TYPE, Field.ID)) {
            keyword(contained, name);
        }
        type(contained, Field.UPDATED, "long").put("doc_values", false);
        element(contained);
    }

    /** A resource, or one that it contains. */
    private static void element(ObjectNode fields) {
        values(fields);
        for (String name : List.of(Field.TEXT, Field.CONTENT)) {
            type(fields, name, "text")
                    .put("analyzer", "words")
                    .put("similarity", "occurrences")
                    .put("norms", false)
                    .put("position_increment_gap", GAP);
        }
        ObjectNode composite = nested(fields, Field.COMPOSITE);
        keyword(composite, Field.OF);
        values(composite);
    }

    private static void values(ObjectNode fields) {
        KEYWORDS.forEach(name -> keyword(fields, name));
        type(fields, Field.REFERENCE, "keyword");
        ObjectNode range = nested(fields, Field.RANGE);
        for (String name : List.of(Field.OF, Field.LOW, Field.HIGH)) {
            keyword(range, name);
        }
        ObjectNode place = nested(fields, Field.PLACE);
        keyword(place, Field.OF);
        type(place, Field.AT, "geo_point").put("doc_values", false);
        for (String name : List.of(Field.LATITUDE, Field.LONGITUDE)) {
            type(place, name, "double").put("index", false);
        }
    }

    private static ObjectNode nested(ObjectNode fields, String name) {
        ObjectNode nested = type(fields, name, "nested");
        nested.put("dynamic", "strict");
        return nested.putObject("properties");
    }

    private static void keyword(ObjectNode fields, String name) {
        type(fields, name, "keyword").put("doc_values", false);
    }

    private static ObjectNode type(ObjectNode fields, String name, String type) {
        return fields.putObject(name).put("type", type);
    }
}
