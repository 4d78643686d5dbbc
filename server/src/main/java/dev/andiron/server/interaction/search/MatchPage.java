package dev.andiron.server.interaction.search;

import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.PagePosition;
import dev.andiron.server.interaction.search.Hits.Match;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.tenant.TenantContext;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The matches of one page. A page of many or large resources is asked for in parts, and ends early
 * when it holds more bytes than one answer may: its link leads on, so memory stays bounded and
 * nothing is left out.
 *
 * @param matches in order
 * @param next where the page ended; empty if it is the last
 * @param hits how many hits it took from the search, deleted ones counted
 * @param total how many resources match in all, if that is known
 */
public record MatchPage(List<Match> matches, Optional<Cursor> next, int hits, OptionalLong total) {
    /** How many are asked for before it is known how large they are. */
    private static final int FIRST_PART = 50;

    /** How many bytes of resources one page holds before it ends. */
    private static final long MOST_BYTES = 32L << 20;

    public MatchPage {
        matches = List.copyOf(matches);
    }

    /** Reads the page of a query. */
    public static MatchPage read(Storage storage, TenantContext tenant, Query query) {
        if (query.limit() == 0) {
            SearchPage counted = storage.search().search(tenant, query);
            return new MatchPage(List.of(), Optional.empty(), 0, counted.total());
        }
        var hits = new Hits(storage, tenant);
        var matches = new ArrayList<Match>();
        Optional<Cursor> after = query.after();
        OptionalLong total = OptionalLong.empty();
        int taken = 0;
        long bytes = 0;
        boolean first = true;
        do {
            int room = query.limit() - taken;
            int part = first ? Math.min(room, FIRST_PART) : Math.min(room, fitting(bytes, taken));
            Query asked =
                    new Query(
                            query.types(),
                            query.criterion(),
                            query.sort(),
                            part,
                            after,
                            first ? query.total() : Query.Total.NONE);
            SearchPage page = storage.search().search(tenant, asked);
            if (first) {
                total = page.total();
                first = false;
            }
            for (Match match : hits.matches(page)) {
                matches.add(match);
                bytes += match.resource().content().length();
            }
            taken += page.hits().size();
            after = page.next();
        } while (after.isPresent() && taken < query.limit() && bytes < MOST_BYTES);
        return new MatchPage(matches, after, taken, total);
    }

    /**
     * Reads the page at a position: to where the page behind it began, when one comes back to it.
     * It is read again up to there, so that its own end leads on: an entry of the page behind may
     * have moved ahead of others meanwhile, and those must not be skipped.
     */
    public static MatchPage read(
            Storage storage, TenantContext tenant, Query query, PagePosition position) {
        MatchPage page = read(storage, tenant, query);
        int fitting = position.fitting(page.keys());
        while (fitting < page.matches().size()) {
            if (fitting == 0) {
                return new MatchPage(List.of(), page.next(), 0, page.total());
            }
            page = read(storage, tenant, query.withLimit(fitting));
            fitting = position.fitting(page.keys());
        }
        return page;
    }

    /** What its matches are. */
    public List<ResourceKey> keys() {
        return matches.stream().map(match -> match.resource().key()).toList();
    }

    /** How many resources still fit, if they are as large as those before. */
    private static int fitting(long bytes, int taken) {
        long average = Math.max(1, bytes / Math.max(1, taken));
        return Math.clamp((MOST_BYTES - bytes) / average, 1, Integer.MAX_VALUE);
    }

    /** The resources alone. */
    public List<StoredResource> resources() {
        return matches.stream().map(Match::resource).toList();
    }

    /** How many match in all: what was counted, or what is plain since it fits on one page. */
    public OptionalLong total(boolean isFirst) {
        boolean whole = isFirst && next.isEmpty();
        return total.isEmpty() && whole ? OptionalLong.of(hits) : total;
    }
}
