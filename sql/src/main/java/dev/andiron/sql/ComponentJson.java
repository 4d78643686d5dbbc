package dev.andiron.sql;

import dev.andiron.spi.StorageException;

import java.math.BigDecimal;
import java.util.List;

/**
 * The content of a row of {@code composite_index}: for each component of an element an array of its
 * rows, each an array of the facet's code and the columns that the row would have in an index table
 * of its own:
 *
 * <ul>
 *   <li>{@code text_index}: value
 *   <li>{@code token_index}: code, system, display
 *   <li>{@code reference_index}: target, target_kind, version
 *   <li>{@code date_index}: low, high
 *   <li>{@code number_index}: low, high, system, code
 *   <li>{@code position_index}: latitude, longitude
 * </ul>
 *
 * @param <E> what numbering a name may throw
 */
public final class ComponentJson<E extends Exception> {
    private final Numbering<E> numbering;
    private final StringBuilder out = new StringBuilder();

    /**
     * What names and decimals are written as.
     *
     * @param <E> what it may throw
     */
    public interface Numbering<E extends Exception> {
        /** The number of a system, unit, code of a unit or display. */
        long name(String name) throws E;

        /** The number of a type of the tenant. */
        long kind(String type) throws E;

        /** A decimal as text. */
        String decimal(BigDecimal number);

        /** A text as the database takes it. */
        default String text(String text) {
            return text;
        }
    }

    private ComponentJson(Numbering<E> numbering) {
        this.numbering = numbering;
    }

    /** The content of an element. */
    public static <E extends Exception> String of(
            List<List<IndexEntry>> components, Numbering<E> numbering) throws E {
        var json = new ComponentJson<>(numbering);
        json.write(components);
        return json.out.toString();
    }

    private void write(List<List<IndexEntry>> components) throws E {
        String separator = "[";
        for (List<IndexEntry> rows : components) {
            out.append(separator);
            String between = "[";
            for (IndexEntry row : rows) {
                out.append(between).append('[').append(row.facet().code());
                write(row);
                out.append(']');
                between = ",";
            }
            out.append(rows.isEmpty() ? "[]" : "]");
            separator = ",";
        }
        out.append(components.isEmpty() ? "[]" : "]");
    }

    private void write(IndexEntry row) throws E {
        switch (row) {
            case IndexEntry.Text text -> add(numbering.text(text.value()));
            case IndexEntry.Token token -> {
                add(numbering.text(token.code()));
                add(numbering.name(token.system()));
                add(numbering.name(token.display()));
            }
            case IndexEntry.Reference reference -> {
                add(numbering.text(reference.id()));
                add(numbering.kind(reference.type()));
                add(numbering.text(reference.version()));
            }
            case IndexEntry.Date date -> {
                add(date.low());
                add(date.high());
            }
            case IndexEntry.Range range -> {
                add(numbering.decimal(range.low()));
                add(numbering.decimal(range.high()));
                add(numbering.name(range.system()));
                add(numbering.name(range.code()));
            }
            case IndexEntry.Position position ->
                    out.append(',')
                            .append(position.latitude())
                            .append(',')
                            .append(position.longitude());
            case IndexEntry.Composite _, IndexEntry.FullText _ ->
                    throw new StorageException.NotSupported(
                            "parameter '%s' is a component of another; only simple values can be"
                                    .formatted(row.parameter()));
        }
    }

    private void add(long number) {
        out.append(',').append(number);
    }

    private void add(String text) {
        out.append(",\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
