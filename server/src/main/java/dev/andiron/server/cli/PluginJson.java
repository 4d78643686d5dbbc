package dev.andiron.server.cli;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.kernel.lent.QueryFeatures;
import dev.andiron.kernel.plugin.PluginReport;
import dev.andiron.kernel.plugin.PluginReport.State;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Option;

import java.util.Collection;
import java.util.List;

/** Installed plugins as JSON, for programs. */
final class PluginJson {
    private PluginJson() {}

    static JsonObject of(List<PluginReport.Entry> entries) {
        return JsonObject.builder()
                .putArray("plugins", entries.stream().map(PluginJson::of).toList())
                .build();
    }

    static JsonObject of(PluginReport.Entry entry) {
        var plugin =
                JsonObject.builder()
                        .put("name", entry.name())
                        .put("kind", entry.service().toString())
                        .put("state", entry.state() == State.LOADED ? "loaded" : "failed")
                        .put("version", entry.version())
                        .put("vendor", entry.vendor())
                        .put("spiVersion", entry.spiVersion())
                        .put("realm", entry.realm().map(Object::toString).orElse(""))
                        .put("location", entry.location().toString())
                        .put("description", entry.description());
        entry.capabilities().ifPresent(it -> plugin.put("capabilities", of(it)));
        if (!entry.reason().isEmpty()) {
            plugin.put("problem", entry.reason());
        }
        return plugin.build();
    }

    private static JsonObject of(Capabilities capabilities) {
        return JsonObject.builder()
                .put("store", capabilities.store())
                .put("versioning", capabilities.versioning())
                .put("history", words(capabilities.history()))
                .put("atomicity", Option.word(capabilities.atomicity()))
                .put("changeFeed", capabilities.changeFeed())
                .put("follower", capabilities.follower())
                .put("search", words(capabilities.search()))
                .put("lentSearch", words(QueryFeatures.lentFor(capabilities)))
                .put("nativeViews", capabilities.nativeViews())
                .put("sqlQueries", capabilities.sqlQueries())
                .put("jobClaims", Option.word(capabilities.claims()))
                .put("files", capabilities.blobs())
                .put("severalNodes", capabilities.shared())
                .put("writeConcurrency", capabilities.writeConcurrency())
                .build();
    }

    private static JsonArray words(Collection<? extends Enum<?>> constants) {
        return JsonArray.of(constants.stream().map(it -> JsonString.of(Option.word(it))).toList());
    }
}
