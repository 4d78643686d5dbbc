package dev.andiron.sql;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongBinaryOperator;

/**
 * Where the dates of a parameter must lie in every resource that passes some criteria: its last end
 * is not before one time, and its first beginning not behind another. As no resource's dates lie
 * further apart than the parameter's span, either time bounds the other end as well. So a range
 * with two ends is one stretch of an index by beginnings, and of one by ends.
 *
 * @param ends the last end is at or behind it, in microseconds of the epoch; empty for any
 * @param begins the first beginning is at or before it
 */
record DateBounds(OptionalLong ends, OptionalLong begins) {
    private static final DateBounds NONE =
            new DateBounds(OptionalLong.empty(), OptionalLong.empty());

    /** The parameters whose dates have two ends by several criteria, none of which has both. */
    static Map<String, DateBounds> ofSeveral(List<Criterion> criteria) {
        var parameters = new LinkedHashSet<String>();
        for (Criterion criterion : criteria) {
            if (criterion instanceof Criterion.Value value
                    && value.test() instanceof ValueTest.Date) {
                parameters.add(value.parameter());
            }
        }
        var several = new LinkedHashMap<String, DateBounds>();
        for (String parameter : parameters) {
            var bounds = of(new Criterion.All(criteria), parameter);
            if (bounds.hasTwoEnds()
                    && criteria.stream().noneMatch(each -> of(each, parameter).hasTwoEnds())) {
                several.put(parameter, bounds);
            }
        }
        return several;
    }

    /** What a criterion says about the dates of a parameter. */
    static DateBounds of(Criterion criterion, String parameter) {
        return switch (criterion) {
            case Criterion.Value value
                    when value.parameter().equals(parameter)
                            && value.test() instanceof ValueTest.Date date ->
                    of(date);
            case Criterion.All all ->
                    all.criteria().stream()
                            .map(each -> of(each, parameter))
                            .reduce(NONE, DateBounds::and);
            case Criterion.Any any ->
                    any.criteria().stream()
                            .map(each -> of(each, parameter))
                            .reduce(DateBounds::or)
                            .orElse(NONE);
            case Criterion.Value _,
                    Criterion.Not _,
                    Criterion.Id _,
                    Criterion.Type _,
                    Criterion.LastUpdated _,
                    Criterion.Present _,
                    Criterion.Chain _,
                    Criterion.ReverseChain _,
                    Criterion.Contained _ ->
                    NONE;
        };
    }

    /** One of the dates passes, which neither begins before the first nor ends behind the last. */
    private static DateBounds of(ValueTest.Date date) {
        var low = bound(Times.microsDown(date.low()));
        var high = bound(Times.microsUp(date.high()));
        var none = OptionalLong.empty();
        return switch (date.operator()) {
            case EQ, AP -> new DateBounds(low, high);
            case NE -> NONE;
            case GT, SA -> new DateBounds(high, none);
            case LT, EB -> new DateBounds(none, low);
            case GE -> new DateBounds(low, none);
            case LE -> new DateBounds(none, high);
        };
    }

    /** None that a span could not be added to. */
    private static OptionalLong bound(long time) {
        return time > -DateSpans.ENDLESS && time < DateSpans.ENDLESS
                ? OptionalLong.of(time)
                : OptionalLong.empty();
    }

    private DateBounds and(DateBounds other) {
        return new DateBounds(
                both(ends, other.ends, Math::max), both(begins, other.begins, Math::min));
    }

    private static OptionalLong both(
            OptionalLong one, OptionalLong other, LongBinaryOperator narrower) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() ? other : one;
        }
        return OptionalLong.of(narrower.applyAsLong(one.getAsLong(), other.getAsLong()));
    }

    private DateBounds or(DateBounds other) {
        return new DateBounds(
                either(ends, other.ends, Math::min), either(begins, other.begins, Math::max));
    }

    private static OptionalLong either(
            OptionalLong one, OptionalLong other, LongBinaryOperator wider) {
        return one.isEmpty() || other.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(wider.applyAsLong(one.getAsLong(), other.getAsLong()));
    }

    boolean isNone() {
        return equals(NONE);
    }

    boolean hasTwoEnds() {
        return ends.isPresent() && begins.isPresent();
    }

    /** The least that the key of the walk can be, which is the first beginning or the last end. */
    Optional<Sql> least(Dialect dialect, boolean byEnd, long parameter) {
        if (ends.isEmpty()) {
            return Optional.empty();
        }
        long time = ends.getAsLong();
        return Optional.of(
                byEnd
                        ? new Sql().expression("?", dialect.time(time))
                        : dialect.time(shifted("-", time, Long.MIN_VALUE, parameter)));
    }

    /** The greatest that it can be. */
    Optional<Sql> greatest(Dialect dialect, boolean byEnd, long parameter) {
        if (begins.isEmpty()) {
            return Optional.empty();
        }
        long time = begins.getAsLong();
        return Optional.of(
                byEnd
                        ? dialect.time(shifted("+", time, Long.MAX_VALUE, parameter))
                        : new Sql().expression("?", dialect.time(time)));
    }

    /**
     * The span is read by the statement that reads the dates, so that it is not older than they.
     */
    private static Sql shifted(String sign, long time, long endless, long parameter) {
        return Sql.of("(SELECT CASE WHEN s.span < ")
                .bind(DateSpans.ENDLESS)
                .add(" THEN ")
                .bind(time)
                .add(" " + sign + " s.span ELSE ")
                .bind(endless)
                .add(" END FROM parameters s WHERE s.id = ")
                .bind(parameter)
                .add(")");
    }
}
