package dev.andiron.server.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.view.CompiledView;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.kernel.routing.ViewRun;
import dev.andiron.kernel.routing.Views;
import dev.andiron.server.interaction.Content;
import dev.andiron.server.interaction.Download;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.StoredLookups;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.server.operation.OperationParameter;
import dev.andiron.server.operation.OperationParameters;
import dev.andiron.server.operation.ParametersResource;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.view.Row;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** {@code $viewdefinition-run}: the table of a view, as a stream. */
final class ViewRunOperation {
    static final String RUNNER = "X-View-Runner";

    private static final Logger LOG = LoggerFactory.getLogger(ViewRunOperation.class);

    private static final String TYPE = "ViewDefinition";
    private static final int MOST_ROWS = 999_999_999;
    private static final Set<String> KNOWN = known();

    private final Storage storage;
    private final StoredLookups lookups;
    private final ViewSource sources;
    private final Definitions definitions;
    private final TableObserver observer;

    ViewRunOperation(
            Storage storage,
            StoredLookups lookups,
            Definitions definitions,
            TableObserver observer) {
        this.storage = storage;
        this.lookups = lookups;
        sources = new ViewSource(lookups);
        this.definitions = definitions;
        this.observer = observer;
    }

    private static Set<String> known() {
        var known =
                new HashSet<>(
                        Set.of("viewReference", "viewResource", "resource", "_limit", "_explain"));
        known.addAll(TableForm.PARAMETERS);
        known.addAll(ViewFilter.PARAMETERS);
        return Set.copyOf(known);
    }

    FhirResponse run(OperationCall call) {
        OperationParameters parameters = call.parameters();
        parameters.refuseOthers(KNOWN);
        var form = TableForm.read(parameters, call.request().preferences().accept());
        OptionalLong limit =
                parameters
                        .number("_limit", 0, MOST_ROWS)
                        .map(number -> OptionalLong.of(number))
                        .orElse(OptionalLong.empty());
        CompiledView view = view(call);
        List<Json> given =
                parameters.all("resource").stream().map(ViewRunOperation::resource).toList();
        var filter = ViewFilter.read(parameters, lookups.of(call.request().tenant()));
        if (!given.isEmpty() && !filter.isEmpty()) {
            throw new FhirException(
                    400,
                    "not-supported",
                    "patient, group and _since choose among what is stored; they do not go with"
                            + " resource.");
        }
        Criterion criterion = filter.criterion(view.resourceType(), definitions);
        if (parameters.flag("_explain").orElse(false)) {
            return explain(call, view, criterion, limit, given);
        }
        ViewRun rows =
                given.isEmpty()
                        ? storage.views().run(call.request().tenant(), view, criterion, limit)
                        : Views.over(view, given, limit);
        String runner = rows.route().runner();
        String tenant = call.request().tenant().tenant().value();
        LongConsumer ended =
                count -> {
                    observer.tableEnded(runner, count);
                    LOG.info(
                            "View '{}' of tenant {} ran {}: {} rows",
                            view.name(),
                            tenant,
                            runner,
                            count);
                };
        Download table =
                form.mayRefuse(view.columns())
                        ? whole(form, view, rows, ended)
                        : new TableDownload(form, view.columns(), rows, ended);
        return FhirResponse.of(200, table).withHeader(RUNNER, runner);
    }

    /** A table that could break off at any row is there before it is sent. */
    private static Download whole(
            TableForm form, CompiledView view, ViewRun rows, LongConsumer ended) {
        var written = new AtomicLong();
        try (rows) {
            return TableFile.of(
                    TableFile.Writing.of(form),
                    view.columns(),
                    table -> {
                        for (var next = rows.next(); !next.isEmpty(); next = rows.next()) {
                            for (Row row : next) {
                                table.write(row);
                            }
                            written.addAndGet(next.size());
                        }
                    });
        } finally {
            ended.accept(written.get());
        }
    }

    private FhirResponse explain(
            OperationCall call,
            CompiledView view,
            Criterion criterion,
            OptionalLong limit,
            List<Json> given) {
        String text =
                given.isEmpty()
                        ? storage.views().explain(call.request().tenant(), view, criterion, limit)
                        : "in-process, since the resources came with the request";
        return FhirResponse.of(
                200, Content.of(new ParametersResource().string("plan", text).build()));
    }

    /** At the level of an instance the view is that; otherwise it is given or referred to. */
    private CompiledView view(OperationCall call) {
        OperationParameters parameters = call.parameters();
        var reference = parameters.one("viewReference");
        var resource = parameters.one("viewResource");
        if (call.level() == Level.INSTANCE) {
            if (reference.isPresent() || resource.isPresent()) {
                throw new FhirException(
                        400,
                        "invalid",
                        "The view is the one in the URL; viewReference and viewResource have no"
                                + " place beside it.");
            }
            String id = call.key().id();
            JsonObject stored =
                    lookups.of(call.request().tenant())
                            .read(TYPE, id)
                            .orElseThrow(
                                    () ->
                                            new FhirException(
                                                    404,
                                                    "not-found",
                                                    "There is no %s/%s.".formatted(TYPE, id)));
            return CompiledView.compile(stored, "", definitions);
        }
        if (reference.isPresent() == resource.isPresent()) {
            throw new FhirException(
                    400, "required", "Exactly one of viewReference and viewResource is needed.");
        }
        return reference
                .map(
                        named ->
                                CompiledView.compile(
                                        sources.find(
                                                call.request().tenant(),
                                                named,
                                                TYPE,
                                                call.request().base()),
                                        "",
                                        definitions))
                .orElseGet(
                        () ->
                                CompiledView.compile(
                                        definition(resource.orElseThrow()),
                                        "viewResource",
                                        definitions));
    }

    private static JsonObject definition(OperationParameter parameter) {
        return parameter
                .resource()
                .filter(resource -> resource.string("resourceType").orElse(TYPE).equals(TYPE))
                .orElseThrow(
                        () -> new FhirException(400, "value", "viewResource is a ViewDefinition."));
    }

    private static Json resource(OperationParameter parameter) {
        JsonObject resource =
                parameter
                        .resource()
                        .orElseThrow(
                                () -> new FhirException(400, "value", "resource is a resource."));
        return Json.of(JsonWriter.compact(resource));
    }
}
