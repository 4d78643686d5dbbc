package dev.andiron.server.interaction;

import dev.andiron.server.interaction.BundleContent.Link;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Cursor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The links between the pages of a listing: {@code self}, {@code first}, {@code previous} and
 * {@code next}. The position that they carry is sealed together with the tenant and with what was
 * evaluated, so that it leads nowhere else. Immutable.
 */
public final class PageLinks {
    private final FhirRequest request;
    private final PageTokens tokens;
    private final String self;
    private final PagePosition position;

    /**
     * The links of a request's page.
     *
     * @param self the absolute URL that says what was evaluated, without a page
     * @throws dev.andiron.fhir.outcome.FhirException 400 if the page that the request asks for is
     *     not one of this listing
     */
    public PageLinks(PageTokens tokens, FhirRequest request, String self) {
        this.tokens = tokens;
        this.request = request;
        this.self = self;
        position =
                request.parameters()
                        .first(PageTokens.PARAMETER)
                        .map(this::open)
                        .orElseGet(PagePosition::first);
    }

    private PagePosition open(String token) {
        byte[] bytes = tokens.open(request.tenant().tenant(), query(), token);
        return PagePosition.decode(bytes).orElseThrow(PageTokens::foreign);
    }

    /** What a token is sealed with: the URL below the base, which proxies may change. */
    private String query() {
        return self.substring(request.base().length());
    }

    /** Where the page begins. */
    public PagePosition position() {
        return position;
    }

    /**
     * The links.
     *
     * @param next where the page ended; empty if it is the last
     * @param entries how many entries it has, those that were included not counted
     * @param keys what they are, at least the first ones, if entries can vanish from the listing
     */
    public List<Link> links(Optional<Cursor> next, int entries, List<ResourceKey> keys) {
        var links = new ArrayList<Link>(4);
        links.add(new Link("self", position.isPlain() ? self : url(position)));
        links.add(new Link("first", with(self, request.parameters().format())));
        position.previous(keys)
                .ifPresent(previous -> links.add(new Link("previous", formatted(previous))));
        following(next, entries)
                .ifPresent(following -> links.add(new Link("next", formatted(following))));
        return links;
    }

    /** A page of which nothing is left before the one behind it leads to itself without an end. */
    private Optional<PagePosition> following(Optional<Cursor> next, int entries) {
        return entries == 0 && !position.marks().isEmpty()
                ? Optional.of(position.endless())
                : next.map(cursor -> position.next(cursor, entries));
    }

    /** The link of a listing that has no pages, such as a count. */
    public List<Link> selfAlone() {
        return List.of(new Link("self", self));
    }

    private String formatted(PagePosition page) {
        return with(page.isPlain() ? self : url(page), request.parameters().format());
    }

    private String url(PagePosition page) {
        String token = tokens.seal(request.tenant().tenant(), query(), page.encode());
        return with(self, "&" + PageTokens.PARAMETER + "=" + token);
    }

    /**
     * A URL with more parameters.
     *
     * @param more such as {@code &a=b}; empty for none
     */
    private static String with(String url, String more) {
        boolean first = !more.isEmpty() && url.indexOf('?') < 0;
        return first ? url + "?" + more.substring(1) : url + more;
    }
}
