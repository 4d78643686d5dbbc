package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;
import dev.andiron.sql.ComponentJson;
import dev.andiron.sql.IndexEntry;
import dev.andiron.sql.OrderedDecimal;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Index rows of a commit, column by column, as {@code apply_changes} takes them. For one commit and
 * one thread.
 */
final class IndexColumns implements ComponentJson.Numbering<RuntimeException> {
    private final NameNumbers numbers;
    private final Rows texts = new Rows();
    private final List<String> textValues = new ArrayList<>();
    private final Rows tokens = new Rows();
    private final List<String> tokenCodes = new ArrayList<>();
    private final IntColumn tokenSystems = new IntColumn();
    private final IntColumn tokenDisplays = new IntColumn();
    private final Rows references = new Rows();
    private final List<String> referenceTargets = new ArrayList<>();
    private final IntColumn referenceKinds = new IntColumn();
    private final List<String> referenceVersions = new ArrayList<>();
    private final Rows dates = new Rows();
    private final LongColumn dateLows = new LongColumn();
    private final LongColumn dateHighs = new LongColumn();
    private final Rows ranges = new Rows();
    private final List<byte[]> rangeLows = new ArrayList<>();
    private final List<byte[]> rangeHighs = new ArrayList<>();
    private final IntColumn rangeSystems = new IntColumn();
    private final IntColumn rangeCodes = new IntColumn();
    private final List<byte[]> rangeValues = new ArrayList<>();
    private final Rows positions = new Rows();
    private final List<Double> latitudes = new ArrayList<>();
    private final List<Double> longitudes = new ArrayList<>();
    private final Rows composites = new Rows();
    private final IntColumn compositeElements = new IntColumn();
    private final List<String> compositeKeys = new ArrayList<>();
    private final List<String> compositeContents = new ArrayList<>();
    private final Rows fullTexts = new Rows();
    private final IntColumn fullTextWords = new IntColumn();
    private final IntColumn fullTextEnds = new IntColumn();
    private final LongColumn fullTextContents = new LongColumn();

    /** The numbers of names, all of which have one by now. */
    interface NameNumbers {
        int text(String name);

        int kind(String type);
    }

    /** The columns that all index rows begin with. */
    private record Rows(IntColumn places, IntColumn parameters) {
        Rows() {
            this(new IntColumn(), new IntColumn());
        }

        void add(int place, int parameter) {
            places.add(place);
            parameters.add(parameter);
        }

        void addTo(List<Object> arguments) {
            arguments.add(places.array());
            arguments.add(parameters.array());
        }
    }

    IndexColumns(NameNumbers numbers) {
        this.numbers = numbers;
    }

    /**
     * Adds a row.
     *
     * @param place which mutation of the commit it belongs to, from 1
     */
    void add(int place, int parameter, IndexEntry entry) {
        switch (entry) {
            case IndexEntry.Text text -> {
                texts.add(place, parameter);
                textValues.add(text.value());
            }
            case IndexEntry.Token token -> {
                tokens.add(place, parameter);
                tokenCodes.add(token.code());
                tokenSystems.add(numbers.text(token.system()));
                tokenDisplays.add(numbers.text(token.display()));
            }
            case IndexEntry.Reference reference -> {
                references.add(place, parameter);
                referenceTargets.add(reference.id());
                referenceKinds.add(numbers.kind(reference.type()));
                referenceVersions.add(reference.version());
            }
            case IndexEntry.Date date -> {
                dates.add(place, parameter);
                dateLows.add(date.low());
                dateHighs.add(date.high());
            }
            case IndexEntry.Range range -> {
                ranges.add(place, parameter);
                rangeLows.add(OrderedDecimal.encode(range.low()));
                rangeHighs.add(OrderedDecimal.encode(range.high()));
                rangeSystems.add(numbers.text(range.system()));
                rangeCodes.add(numbers.text(range.code()));
                rangeValues.add(OrderedDecimal.encode(range.value()));
            }
            case IndexEntry.Position position -> {
                positions.add(place, parameter);
                latitudes.add(position.latitude());
                longitudes.add(position.longitude());
            }
            case IndexEntry.Composite composite -> add(place, parameter, composite);
            case IndexEntry.FullText text -> {
                fullTexts.add(place, parameter);
                fullTextWords.add(text.distinctWords());
                text.words().forEach(word -> fullTextContents.add(WordNumber.of(parameter, word)));
                fullTextEnds.add(fullTextContents.size());
            }
        }
    }

    private void add(int place, int parameter, IndexEntry.Composite composite) {
        String content = ComponentJson.of(composite.components(), this);
        for (String key : composite.keys()) {
            composites.add(place, parameter);
            compositeElements.add(composite.element());
            compositeKeys.add(key);
            compositeContents.add(content);
        }
    }

    @Override
    public long name(String name) {
        return numbers.text(name);
    }

    @Override
    public long kind(String type) {
        return numbers.kind(type);
    }

    @Override
    public String decimal(BigDecimal number) {
        return HexFormat.of().formatHex(OrderedDecimal.encode(number));
    }

    @Override
    public String text(String text) {
        return Texts.storable(text);
    }

    /** Adds the columns in the order of the function's parameters. */
    void addTo(List<Object> arguments) {
        texts.addTo(arguments);
        arguments.add(SqlArray.texts(textValues));
        tokens.addTo(arguments);
        arguments.add(SqlArray.texts(tokenCodes));
        arguments.add(tokenSystems.array());
        arguments.add(tokenDisplays.array());
        references.addTo(arguments);
        arguments.add(SqlArray.texts(referenceTargets));
        arguments.add(referenceKinds.array());
        arguments.add(SqlArray.texts(referenceVersions));
        dates.addTo(arguments);
        arguments.add(dateLows.array());
        arguments.add(dateHighs.array());
        ranges.addTo(arguments);
        arguments.add(bytes(rangeLows));
        arguments.add(bytes(rangeHighs));
        arguments.add(rangeSystems.array());
        arguments.add(rangeCodes.array());
        arguments.add(bytes(rangeValues));
        positions.addTo(arguments);
        arguments.add(doubles(latitudes));
        arguments.add(doubles(longitudes));
        composites.addTo(arguments);
        arguments.add(compositeElements.array());
        arguments.add(SqlArray.texts(compositeKeys));
        arguments.add(SqlArray.texts(compositeContents));
        fullTexts.addTo(arguments);
        arguments.add(fullTextWords.array());
        arguments.add(fullTextEnds.array());
        arguments.add(fullTextContents.array());
    }

    private static SqlArray bytes(List<byte[]> values) {
        return new SqlArray("bytea", values.toArray(byte[][]::new));
    }

    private static SqlArray doubles(List<Double> values) {
        return new SqlArray("float8", values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
