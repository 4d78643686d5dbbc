package dev.andiron.sqlite;

import dev.andiron.sql.ComponentJson;
import dev.andiron.sql.DateSpans;
import dev.andiron.sql.Facet;
import dev.andiron.sql.IndexEntry;
import dev.andiron.sql.OrderedDecimal;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Index rows of a transaction, gathered, sorted by their key and inserted many at a time: the pages
 * of an index are then touched in their order and once each. For the writer's thread.
 */
final class IndexBuffer {
    private static final List<String> TABLES =
            Arrays.stream(Facet.values())
                    .map(new SqliteDialect()::table)
                    .filter(table -> !table.equals(Facet.FULL_TEXT.table()))
                    .filter(table -> !table.equals(Facet.TOKEN.table()))
                    .distinct()
                    .toList();
    private static final byte[] NO_VALUE = {};
    private static final int DISPLAYS_KEPT = 50_000;

    private final Session session;
    private final Interner interner;
    private final Targets targets;
    private final ArrayList<IndexRow.Text> texts = new ArrayList<>();
    private final ArrayList<IndexRow.Uri> uris = new ArrayList<>();
    private final ArrayList<IndexRow.Token> tokens = new ArrayList<>();
    private final ArrayList<IndexRow.Display> displays = new ArrayList<>();
    private final ArrayList<IndexRow.Reference> references = new ArrayList<>();
    private final ArrayList<IndexRow.Date> dates = new ArrayList<>();
    private final ArrayList<IndexRow.Number> numbers = new ArrayList<>();
    private final ArrayList<IndexRow.Position> positions = new ArrayList<>();
    private final ArrayList<IndexRow.Composite> composites = new ArrayList<>();
    private final TokenKeyBuffer tokenKeys;
    private final FullTextBuffer fullTexts;
    private final Spans spans;

    /** Display rows that are in the table already, or will be; forgotten with a rollback. */
    private final Set<IndexRow.Display> knownDisplays = new HashSet<>();

    /** The numbers of resources that others refer to. */
    @FunctionalInterface
    interface Targets {
        /** The number of a resource, which it gets now if it has none yet. */
        long number(long kind, String id) throws SQLException;
    }

    IndexBuffer(Session session, Interner interner, Targets targets) {
        this.session = session;
        this.interner = interner;
        this.targets = targets;
        tokenKeys = new TokenKeyBuffer(session, interner);
        fullTexts = new FullTextBuffer(session);
        spans = new Spans(session);
    }

    /** Looks at the tables: at first, and after a rollback. */
    void read() throws SQLException {
        fullTexts.readAny();
    }

    /** Takes in the rows of a resource. */
    void add(long tenant, long kind, long resource, List<IndexEntry> entries) throws SQLException {
        var parameters = interner.parameters(kind);
        for (IndexEntry entry : entries) {
            long parameter = parameters.number(entry.parameter(), entry.facet());
            switch (entry) {
                case IndexEntry.Text text when text.facet() == Facet.URI ->
                        uris.add(
                                new IndexRow.Uri(parameter, interner.name(text.value()), resource));
                case IndexEntry.Text text ->
                        texts.add(new IndexRow.Text(parameter, text.value(), resource));
                case IndexEntry.Token token -> addToken(parameter, resource, token);
                case IndexEntry.Reference reference ->
                        references.add(
                                new IndexRow.Reference(
                                        parameter,
                                        targets.number(
                                                interner.kind(tenant, reference.type()),
                                                reference.id()),
                                        resource,
                                        reference.version()));
                case IndexEntry.Date date ->
                        dates.add(new IndexRow.Date(parameter, date.low(), date.high(), resource));
                case IndexEntry.Range range ->
                        numbers.add(
                                new IndexRow.Number(
                                        parameter,
                                        OrderedDecimal.encode(range.low()),
                                        OrderedDecimal.encode(range.high()),
                                        interner.name(range.system()),
                                        interner.name(range.code()),
                                        resource,
                                        value(range)));
                case IndexEntry.Position position ->
                        positions.add(
                                new IndexRow.Position(
                                        parameter,
                                        position.latitude(),
                                        position.longitude(),
                                        resource));
                case IndexEntry.Composite composite ->
                        addComposite(tenant, parameter, resource, composite);
                case IndexEntry.FullText text -> fullTexts.add(parameter, resource, text);
            }
        }
        for (var span : DateSpans.of(entries).entrySet()) {
            spans.add(parameters.number(span.getKey(), Facet.DATE), span.getValue());
        }
        tokenKeys.end(resource);
    }

    /** Only numbers are sorted by it: quantities in their own units do not compare. */
    private static byte[] value(IndexEntry.Range range) {
        return range.facet() == Facet.NUMBER ? OrderedDecimal.encode(range.value()) : NO_VALUE;
    }

    private void addComposite(
            long tenant, long parameter, long resource, IndexEntry.Composite composite)
            throws SQLException {
        String content = ComponentJson.of(composite.components(), new ComponentNumbers(tenant));
        for (String key : composite.keys()) {
            composites.add(
                    new IndexRow.Composite(parameter, key, resource, composite.element(), content));
        }
    }

    /** What names and decimals in composites are written as: what other rows hold, too. */
    private final class ComponentNumbers implements ComponentJson.Numbering<SQLException> {
        private final long tenant;

        ComponentNumbers(long tenant) {
            this.tenant = tenant;
        }

        @Override
        public long name(String name) throws SQLException {
            return interner.name(name);
        }

        @Override
        public long kind(String type) throws SQLException {
            return interner.kind(tenant, type);
        }

        @Override
        public String decimal(BigDecimal number) {
            return HexFormat.of().formatHex(OrderedDecimal.encode(number));
        }
    }

    private void addToken(long parameter, long resource, IndexEntry.Token token)
            throws SQLException {
        long system = interner.name(token.system());
        long display = interner.name(token.display());
        tokens.add(new IndexRow.Token(parameter, token.code(), system, display, resource));
        tokenKeys.add(parameter, token.code());
        if (display != 0) {
            var row = new IndexRow.Display(parameter, display, token.code(), system);
            if (knownDisplays.size() >= DISPLAYS_KEPT) {
                knownDisplays.clear();
            }
            if (knownDisplays.add(row)) {
                displays.add(row);
            }
        }
    }

    boolean isEmpty() {
        return texts.isEmpty()
                && uris.isEmpty()
                && tokens.isEmpty()
                && references.isEmpty()
                && dates.isEmpty()
                && numbers.isEmpty()
                && positions.isEmpty()
                && composites.isEmpty()
                && fullTexts.isEmpty();
    }

    /** Writes all rows. */
    void flush() throws SQLException {
        texts.sort(IndexRow.Text::compare);
        IndexRow.Text.INSERT.flush(session, texts);
        uris.sort(IndexRow.Uri::compare);
        IndexRow.Uri.INSERT.flush(session, uris);
        tokens.sort(IndexRow.Token::compare);
        IndexRow.Token.INSERT.flush(session, tokens);
        tokenKeys.flush();
        IndexRow.Display.INSERT.flush(session, displays);
        references.sort(IndexRow.Reference::compare);
        IndexRow.Reference.INSERT.flush(session, references);
        spans.flush();
        dates.sort(IndexRow.Date::compare);
        IndexRow.Date.INSERT.flush(session, dates);
        numbers.sort(IndexRow.Number::compare);
        IndexRow.Number.INSERT.flush(session, numbers);
        positions.sort(IndexRow.Position::compare);
        IndexRow.Position.INSERT.flush(session, positions);
        composites.sort(IndexRow.Composite::compare);
        IndexRow.Composite.INSERT.flush(session, composites);
        fullTexts.flush();
    }

    /** Removes what a resource was found by, from the tables. */
    void remove(long resource) throws SQLException {
        for (String table : TABLES) {
            session.update("DELETE FROM " + table + " WHERE resource = ?", resource);
        }
        tokenKeys.remove(resource);
        fullTexts.remove(resource);
    }

    /** Forgets what was taken in since the last flush, and what was flushed and rolled back. */
    void rolledBack() {
        texts.clear();
        uris.clear();
        tokens.clear();
        displays.clear();
        references.clear();
        dates.clear();
        numbers.clear();
        positions.clear();
        composites.clear();
        tokenKeys.rolledBack();
        fullTexts.rolledBack();
        spans.rolledBack();
        knownDisplays.clear();
    }
}
