package dev.andiron.server.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.view.CompiledView;
import dev.andiron.fhir.view.ParametersTable;
import dev.andiron.fhir.view.SqlLibrary;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.kernel.routing.Views;
import dev.andiron.server.interaction.Content;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.StoredLookups;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.server.operation.OperationParameter;
import dev.andiron.server.operation.OperationParameters;
import dev.andiron.server.operation.ParametersResource;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.view.SqlRows;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code $sqlquery-run}: the rows of SQL over views. */
final class SqlQueryOperation {
    /** Which bound ended the rows, if one did. */
    static final String BOUND = "X-Query-Bound";

    private static final Logger LOG = LoggerFactory.getLogger(SqlQueryOperation.class);
    private static final String TYPE = "Library";
    private static final Set<String> KNOWN =
            Set.of(
                    "queryReference",
                    "queryResource",
                    "parameters",
                    "parameter",
                    "header",
                    "_formulaGuard",
                    "_limit",
                    "_explain");

    private final Storage storage;
    private final StoredLookups lookups;
    private final ViewSource sources;
    private final Definitions definitions;
    private final SqlQueryLimits limits;
    private final TableObserver observer;

    SqlQueryOperation(
            Storage storage,
            StoredLookups lookups,
            Definitions definitions,
            SqlQueryLimits limits,
            TableObserver observer) {
        this.storage = storage;
        this.lookups = lookups;
        sources = new ViewSource(lookups);
        this.definitions = definitions;
        this.limits = limits;
        this.observer = observer;
    }

    FhirResponse run(OperationCall call) {
        OperationParameters parameters = call.parameters();
        Optional<String> place =
                call.level() == Level.INSTANCE || parameters.one("queryReference").isPresent()
                        ? Optional.empty()
                        : Optional.of("queryResource");
        SqlLibrary library =
                SqlLibrary.read(
                        library(call), place.orElse(""), storage.views().dialect(), definitions);
        var values = new SqlQueryValues(library.parameters(), definitions);
        parameters.refuseOthers(values.namesWith(KNOWN));
        TableFile.Writing writing = writing(call);
        int limit = parameters.number("_limit", 0, limits.rows()).orElse(limits.rows());
        var query =
                new Views.TableQuery(
                        library.sql(),
                        tables(call, library, place.orElse(TYPE)),
                        values.read(parameters, KNOWN),
                        limit,
                        limits.time());
        if (parameters.flag("_explain").orElse(false)) {
            String plan = storage.views().explain(call.request().tenant(), query);
            return FhirResponse.of(
                    200, Content.of(new ParametersResource().string("plan", plan).build()));
        }
        SqlRows rows = storage.views().query(call.request().tenant(), query);
        SqlQueryResult result = SqlQueryResult.of(rows, writing, limits, limit);
        observer.tableEnded("sql", result.rows());
        LOG.info(
                "SQL query '{}' of tenant {} ran: {} rows{}",
                library.name(),
                call.request().tenant().tenant().value(),
                result.rows(),
                result.notice().map(notice -> ", ended by " + notice).orElse(""));
        var response =
                FhirResponse.of(200, result.file()).withHeader(ViewRunOperation.RUNNER, "native");
        return result.notice().map(notice -> response.withHeader(BOUND, notice)).orElse(response);
    }

    private TableFile.Writing writing(OperationCall call) {
        Optional<String> wanted = call.parameters().text("_format");
        if (wanted.filter(SqlQueryOperation::isFhir).isPresent()) {
            boolean hasInteger64 = definitions.version() == FhirVersion.R5;
            return new TableFile.Writing(
                    "application/fhir+json;charset=utf-8",
                    false,
                    (out, columns) -> new ParametersTable(out, columns, hasInteger64));
        }
        var form = TableForm.read(call.parameters(), call.request().preferences().accept());
        return TableFile.Writing.of(form);
    }

    private static boolean isFhir(String format) {
        return format.equals("fhir") || format.replace(' ', '+').equals("application/fhir+json");
    }

    /** At the level of an instance the query is that; otherwise it is given or referred to. */
    private JsonObject library(OperationCall call) {
        OperationParameters parameters = call.parameters();
        var reference = parameters.one("queryReference");
        var resource = parameters.one("queryResource");
        if (call.level() == Level.INSTANCE) {
            if (reference.isPresent() || resource.isPresent()) {
                throw new FhirException(
                        400,
                        "invalid",
                        "The query is the one in the URL; queryReference and queryResource have no"
                                + " place beside it.");
            }
            String id = call.key().id();
            return lookups.of(call.request().tenant())
                    .read(TYPE, id)
                    .orElseThrow(
                            () ->
                                    new FhirException(
                                            404,
                                            "not-found",
                                            "There is no %s/%s.".formatted(TYPE, id)));
        }
        if (reference.isPresent() == resource.isPresent()) {
            throw new FhirException(
                    400, "required", "Exactly one of queryReference and queryResource is needed.");
        }
        return reference
                .map(
                        named ->
                                sources.find(
                                        call.request().tenant(),
                                        named,
                                        TYPE,
                                        call.request().base()))
                .orElseGet(() -> given(resource.orElseThrow()));
    }

    private static JsonObject given(OperationParameter parameter) {
        return parameter
                .resource()
                .filter(resource -> resource.string("resourceType").equals(Optional.of(TYPE)))
                .orElseThrow(() -> new FhirException(400, "value", "queryResource is a Library."));
    }

    /** The views, all of them compiled; what is wrong with any is told at once. */
    private Map<String, Views.Table> tables(OperationCall call, SqlLibrary library, String place) {
        var tables = new HashMap<String, Views.Table>();
        var missing = new ArrayList<Issue>();
        var invalid = new ArrayList<Issue>();
        for (SqlLibrary.Table table : library.tables()) {
            Optional<JsonObject> view =
                    sources.find(
                            call.request().tenant(),
                            table.view(),
                            "ViewDefinition",
                            call.request().base());
            if (view.isEmpty()) {
                missing.add(
                        Issue.error(
                                "not-found",
                                "There is no ViewDefinition '%s'.".formatted(table.view()),
                                table.place()));
                continue;
            }
            try {
                var compiled =
                        CompiledView.compile(
                                view.get(), "%s(%s)".formatted(place, table.label()), definitions);
                tables.put(table.label(), new Views.Table(compiled, Criterion.everything()));
            } catch (FhirException e) {
                invalid.addAll(e.issues());
            }
        }
        refuse(404, missing);
        refuse(422, invalid);
        return tables;
    }

    private static void refuse(int status, List<Issue> issues) {
        if (!issues.isEmpty()) {
            throw new FhirException(status, issues);
        }
    }
}
