package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.path.DateInterval;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Cursor;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** History of a resource, of a type, of the whole system. */
final class HistoryInteraction {
    private static final Set<String> KNOWN =
            Set.of(
                    "_count",
                    "_since",
                    "_at",
                    "_format",
                    "_pretty",
                    "_summary",
                    "_elements",
                    PageTokens.PARAMETER);

    private static final Set<String> NOT_IN_LINKS =
            Set.of("_format", "_pretty", PageTokens.PARAMETER);

    /** The form of the ids that the server makes: such a resource began with a POST. */
    private static final Pattern OWN_ID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");

    private final Services services;

    HistoryInteraction(Services services) {
        this.services = services;
    }

    FhirResponse ofInstance(FhirRequest request) {
        var key = new ResourceKey(request.path().get(0), request.path().get(1));
        if (services.storage().resources().head(request.tenant(), key).isEmpty()) {
            throw new FhirException(404, "not-found", key + " is not known.");
        }
        return list(request, new HistoryScope.Instance(key));
    }

    FhirResponse ofType(FhirRequest request) {
        return list(request, new HistoryScope.Type(request.path().getFirst()));
    }

    FhirResponse ofSystem(FhirRequest request) {
        return list(request, new HistoryScope.System());
    }

    private FhirResponse list(FhirRequest request, HistoryScope scope) {
        Parameters parameters = known(request);
        Optional<UnaryOperator<byte[]>> subset = services.rules().subset(parameters);
        var links = new PageLinks(services.tokens(), request, self(request, parameters));
        HistoryStore.Page page =
                services.storage()
                        .history()
                        .history(request.tenant(), question(scope, parameters, links.position()));
        Optional<Cursor> next =
                page.next().isPresent()
                        ? Optional.of(cursor(page.next().getAsLong()))
                        : Optional.empty();
        var bundle =
                new BundleContent(
                        "history",
                        OptionalLong.empty(),
                        links.links(next, page.versions().size(), List.of()));
        for (StoredResource version : page.versions()) {
            entry(bundle, request.base(), version, subset);
        }
        return FhirResponse.of(200, bundle.build());
    }

    private static Parameters known(FhirRequest request) {
        Parameters parameters = request.parameters();
        if (!request.preferences().lenient()) {
            ResultParameters.refuseOthers(parameters, KNOWN);
        }
        return parameters.filter(entry -> KNOWN.contains(entry.name()));
    }

    private static String self(FhirRequest request, Parameters parameters) {
        String query = parameters.without(NOT_IN_LINKS).encoded();
        String url = request.base() + "/" + String.join("/", request.path());
        return query.isEmpty() ? url : url + "?" + query;
    }

    private HistoryRequest question(
            HistoryScope scope, Parameters parameters, PagePosition position) {
        var since = parameters.first("_since").map(text -> interval("_since", text).low());
        var at =
                parameters
                        .first("_at")
                        .map(text -> interval("_at", text))
                        .map(period -> new HistoryRequest.Period(period.low(), period.high()));
        OptionalLong before =
                position.after().stream()
                        .mapToLong(cursor -> ByteBuffer.wrap(cursor.bytes()).getLong())
                        .findFirst();
        return new HistoryRequest(scope, since, at, before, count(parameters));
    }

    private static Cursor cursor(long position) {
        return Cursor.of(ByteBuffer.allocate(Long.BYTES).putLong(position).array());
    }

    private static DateInterval interval(String parameter, String text) {
        // A plus sign of a time zone that was not escaped arrives as a space.
        return DateInterval.parse(text.strip().replace(' ', '+'))
                .orElseThrow(
                        () ->
                                new FhirException(
                                        400,
                                        "value",
                                        "%s takes a date or time such as 2026-11-21T02:05:34Z, not"
                                                        .formatted(parameter)
                                                + " '"
                                                + text
                                                + "'."));
    }

    private int count(Parameters parameters) {
        Policy policy = services.policy();
        Optional<String> text = parameters.first("_count");
        if (text.isEmpty()) {
            return policy.pageSize();
        }
        if (!text.get().matches("[0-9]{1,9}") || Integer.parseInt(text.get()) == 0) {
            throw new FhirException(
                    400, "value", "_count takes a number from 1, not '" + text.get() + "'.");
        }
        return Math.min(Integer.parseInt(text.get()), policy.largestPage());
    }

    private static void entry(
            BundleContent bundle,
            String base,
            StoredResource version,
            Optional<UnaryOperator<byte[]>> subset) {
        ResourceKey key = version.key();
        byte[] json = version.content().bytes();
        boolean first = version.version() == 1;
        boolean posted = first && OWN_ID.matcher(key.id()).matches();
        String method = version.deleted() ? "DELETE" : posted ? "POST" : "PUT";
        String status = version.deleted() ? "204" : first ? "201" : "200";
        bundle.entry(
                base + "/" + key,
                subset.isPresent() && json.length > 0 ? subset.get().apply(json) : json,
                "\"request\":{\"method\":\"%s\",\"url\":\"%s\"},\"response\":{\"status\":\"%s\",\"etag\":\"W/\\\"%d\\\"\",\"lastModified\":\"%s\"}"
                        .formatted(
                                method,
                                posted ? key.type() : key.toString(),
                                status,
                                version.version(),
                                version.lastUpdated()));
    }
}
