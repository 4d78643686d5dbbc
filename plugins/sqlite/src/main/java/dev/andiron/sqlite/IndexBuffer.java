package dev.andiron.sqlite;

import dev.andiron.sql.ComponentJson;
import dev.andiron.sql.DateSpans;
import dev.andiron.sql.Facet;
import dev.andiron.sql.IndexEntry;
import dev.andiron.sql.OrderedDecimal;
import dev.andiron.sqlite.Numbers.Name;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
    private final ArrayList<TextRow> texts = new ArrayList<>();
    private final ArrayList<UriRow> uris = new ArrayList<>();
    private final ArrayList<TokenRow> tokens = new ArrayList<>();
    private final ArrayList<DisplayRow> displays = new ArrayList<>();
    private final ArrayList<ReferenceRow> references = new ArrayList<>();
    private final ArrayList<DateRow> dates = new ArrayList<>();
    private final ArrayList<NumberRow> numbers = new ArrayList<>();
    private final ArrayList<PositionRow> positions = new ArrayList<>();
    private final ArrayList<CompositeRow> composites = new ArrayList<>();
    private final TokenKeyBuffer tokenKeys;
    private final FullTextBuffer fullTexts;
    private final Spans spans;

    /** Display rows that are in the table already, or will be; forgotten with a rollback. */
    private final Set<DisplayRow> knownDisplays = new HashSet<>();

    private record TextRow(long parameter, String value, long resource) {
        static final Comparator<TextRow> ORDER =
                Comparator.comparingLong(TextRow::parameter)
                        .thenComparing(TextRow::value)
                        .thenComparingLong(TextRow::resource);
        static final BulkInsert<TextRow> INSERT =
                new BulkInsert<>("INSERT OR IGNORE INTO text_index", 3, TextRow::bind);

        static int bind(PreparedStatement statement, int first, TextRow row) throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setString(first + 1, row.value);
            statement.setLong(first + 2, row.resource);
            return first + 3;
        }
    }

    /** The value is the number of a name. */
    private record UriRow(long parameter, long value, long resource) {
        static final Comparator<UriRow> ORDER =
                Comparator.comparingLong(UriRow::parameter)
                        .thenComparingLong(UriRow::value)
                        .thenComparingLong(UriRow::resource);
        static final BulkInsert<UriRow> INSERT =
                new BulkInsert<>("INSERT OR IGNORE INTO uri_index", 3, UriRow::bind);

        static int bind(PreparedStatement statement, int first, UriRow row) throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setLong(first + 1, row.value);
            statement.setLong(first + 2, row.resource);
            return first + 3;
        }
    }

    private record TokenRow(long parameter, String code, long resource, long system, long display) {
        static final Comparator<TokenRow> ORDER =
                Comparator.comparingLong(TokenRow::parameter)
                        .thenComparing(TokenRow::code)
                        .thenComparingLong(TokenRow::resource);
        static final BulkInsert<TokenRow> INSERT =
                new BulkInsert<>("INSERT OR IGNORE INTO token_index", 5, TokenRow::bind);

        static int bind(PreparedStatement statement, int first, TokenRow row) throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setString(first + 1, row.code);
            statement.setLong(first + 2, row.resource);
            statement.setLong(first + 3, row.system);
            statement.setLong(first + 4, row.display);
            return first + 5;
        }
    }

    private record DisplayRow(long parameter, long display, String code, long system) {
        static final BulkInsert<DisplayRow> INSERT =
                new BulkInsert<>("INSERT OR IGNORE INTO token_display", 4, DisplayRow::bind);

        static int bind(PreparedStatement statement, int first, DisplayRow row)
                throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setLong(first + 1, row.display);
            statement.setString(first + 2, row.code);
            statement.setLong(first + 3, row.system);
            return first + 4;
        }
    }

    private record ReferenceRow(long parameter, long target, long resource, String version) {
        static final Comparator<ReferenceRow> ORDER =
                Comparator.comparingLong(ReferenceRow::parameter)
                        .thenComparingLong(ReferenceRow::target)
                        .thenComparingLong(ReferenceRow::resource);
        static final BulkInsert<ReferenceRow> INSERT =
                new BulkInsert<>("INSERT OR IGNORE INTO reference_index", 4, ReferenceRow::bind);

        static int bind(PreparedStatement statement, int first, ReferenceRow row)
                throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setLong(first + 1, row.target);
            statement.setLong(first + 2, row.resource);
            statement.setString(first + 3, row.version);
            return first + 4;
        }
    }

    private record DateRow(long parameter, long low, long high, long resource) {
        static final Comparator<DateRow> ORDER =
                Comparator.comparingLong(DateRow::parameter)
                        .thenComparingLong(DateRow::low)
                        .thenComparingLong(DateRow::high)
                        .thenComparingLong(DateRow::resource);
        static final BulkInsert<DateRow> INSERT =
                new BulkInsert<>("INSERT OR IGNORE INTO date_index", 4, DateRow::bind);

        static int bind(PreparedStatement statement, int first, DateRow row) throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setLong(first + 1, row.low);
            statement.setLong(first + 2, row.high);
            statement.setLong(first + 3, row.resource);
            return first + 4;
        }
    }

    private record NumberRow(
            long parameter,
            byte[] low,
            byte[] high,
            long system,
            long code,
            long resource,
            byte[] value) {
        static final Comparator<NumberRow> ORDER =
                Comparator.comparingLong(NumberRow::parameter)
                        .thenComparing(NumberRow::low, Arrays::compareUnsigned)
                        .thenComparingLong(NumberRow::resource);
        static final BulkInsert<NumberRow> INSERT =
                new BulkInsert<>("INSERT OR IGNORE INTO number_index", 7, NumberRow::bind);

        static int bind(PreparedStatement statement, int first, NumberRow row) throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setBytes(first + 1, row.low);
            statement.setBytes(first + 2, row.high);
            statement.setLong(first + 3, row.system);
            statement.setLong(first + 4, row.code);
            statement.setLong(first + 5, row.resource);
            statement.setBytes(first + 6, row.value);
            return first + 7;
        }
    }

    private record PositionRow(long parameter, double latitude, double longitude, long resource) {
        static final Comparator<PositionRow> ORDER =
                Comparator.comparingLong(PositionRow::parameter)
                        .thenComparingDouble(PositionRow::latitude)
                        .thenComparingDouble(PositionRow::longitude);
        static final BulkInsert<PositionRow> INSERT =
                new BulkInsert<>("INSERT OR IGNORE INTO position_index", 4, PositionRow::bind);

        static int bind(PreparedStatement statement, int first, PositionRow row)
                throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setDouble(first + 1, row.latitude);
            statement.setDouble(first + 2, row.longitude);
            statement.setLong(first + 3, row.resource);
            return first + 4;
        }
    }

    private record CompositeRow(
            long parameter, String key, long resource, long element, String content) {
        static final Comparator<CompositeRow> ORDER =
                Comparator.comparingLong(CompositeRow::parameter)
                        .thenComparing(CompositeRow::key)
                        .thenComparingLong(CompositeRow::resource);
        static final BulkInsert<CompositeRow> INSERT =
                new BulkInsert<>("INSERT INTO composite_index", 5, CompositeRow::bind);

        static int bind(PreparedStatement statement, int first, CompositeRow row)
                throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setString(first + 1, row.key);
            statement.setLong(first + 2, row.resource);
            statement.setLong(first + 3, row.element);
            statement.setString(first + 4, row.content);
            return first + 5;
        }
    }

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
        for (IndexEntry entry : entries) {
            long parameter =
                    interner.intern(new Name.Parameter(kind, entry.parameter(), entry.facet()));
            switch (entry) {
                case IndexEntry.Text text when text.facet() == Facet.URI ->
                        uris.add(new UriRow(parameter, name(text.value()), resource));
                case IndexEntry.Text text ->
                        texts.add(new TextRow(parameter, text.value(), resource));
                case IndexEntry.Token token -> addToken(parameter, resource, token);
                case IndexEntry.Reference reference ->
                        references.add(
                                new ReferenceRow(
                                        parameter,
                                        targets.number(
                                                interner.intern(
                                                        new Name.KindOf(tenant, reference.type())),
                                                reference.id()),
                                        resource,
                                        reference.version()));
                case IndexEntry.Date date ->
                        dates.add(new DateRow(parameter, date.low(), date.high(), resource));
                case IndexEntry.Range range ->
                        numbers.add(
                                new NumberRow(
                                        parameter,
                                        OrderedDecimal.encode(range.low()),
                                        OrderedDecimal.encode(range.high()),
                                        name(range.system()),
                                        name(range.code()),
                                        resource,
                                        value(range)));
                case IndexEntry.Position position ->
                        positions.add(
                                new PositionRow(
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
            spans.add(
                    interner.intern(new Name.Parameter(kind, span.getKey(), Facet.DATE)),
                    span.getValue());
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
                    new CompositeRow(parameter, key, resource, composite.element(), content));
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
            return IndexBuffer.this.name(name);
        }

        @Override
        public long kind(String type) throws SQLException {
            return interner.intern(new Name.KindOf(tenant, type));
        }

        @Override
        public String decimal(BigDecimal number) {
            return HexFormat.of().formatHex(OrderedDecimal.encode(number));
        }
    }

    private long name(String value) throws SQLException {
        return value.isEmpty() ? 0 : interner.intern(new Name.Plain(value));
    }

    private void addToken(long parameter, long resource, IndexEntry.Token token)
            throws SQLException {
        long system = name(token.system());
        long display = name(token.display());
        tokens.add(new TokenRow(parameter, token.code(), resource, system, display));
        tokenKeys.add(parameter, token.code());
        if (display != 0) {
            var row = new DisplayRow(parameter, display, token.code(), system);
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
        texts.sort(TextRow.ORDER);
        TextRow.INSERT.flush(session, texts);
        uris.sort(UriRow.ORDER);
        UriRow.INSERT.flush(session, uris);
        tokens.sort(TokenRow.ORDER);
        TokenRow.INSERT.flush(session, tokens);
        tokenKeys.flush();
        DisplayRow.INSERT.flush(session, displays);
        references.sort(ReferenceRow.ORDER);
        ReferenceRow.INSERT.flush(session, references);
        spans.flush();
        dates.sort(DateRow.ORDER);
        DateRow.INSERT.flush(session, dates);
        numbers.sort(NumberRow.ORDER);
        NumberRow.INSERT.flush(session, numbers);
        positions.sort(PositionRow.ORDER);
        PositionRow.INSERT.flush(session, positions);
        composites.sort(CompositeRow.ORDER);
        CompositeRow.INSERT.flush(session, composites);
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
