package dev.andiron.fhir.path;

import org.fhir.ucum.Decimal;
import org.fhir.ucum.Pair;
import org.fhir.ucum.UcumEssenceService;
import org.fhir.ucum.UcumException;
import org.fhir.ucum.UcumService;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Compares and computes quantities by UCUM. Safe for use by many threads. */
final class Units {
    private static final BigDecimal MONTHS_PER_YEAR = BigDecimal.valueOf(12);
    private static final int MAX_UNIT = 200;
    private static final int MAX_KNOWN = 10_000;

    /**
     * Units whose scale does not start at zero, or is no multiple: they compare with themselves
     * only.
     */
    private static final List<String> SPECIAL =
            List.of("Cel", "[deg", "[p'", "bit_s", "B[", "Np", "[pH]", "[hp'_", "[m/s2/Hz");

    private static final Map<String, Optional<Scale>> KNOWN = new ConcurrentHashMap<>();

    private Units() {}

    /** Loaded when the first quantity with a unit is compared. */
    private static final class Service {
        private static final UcumService UCUM = create();

        private static UcumService create() {
            try (InputStream in =
                    UcumEssenceService.class.getResourceAsStream("/ucum-essence.xml")) {
                return new UcumEssenceService(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (UcumException e) {
                throw new IllegalStateException("the units of UCUM cannot be read", e);
            }
        }
    }

    /** What one of a unit is in base units. */
    private record Scale(BigDecimal factor, String unit) {}

    /** In base units; a unit that UCUM does not know stands for itself. */
    private static Amount canonical(Amount amount) {
        if (amount.isOfTheCalendar()) {
            BigDecimal months =
                    amount.code().equals("a")
                            ? amount.value().multiply(MONTHS_PER_YEAR)
                            : amount.value();
            return new Amount(months, "month");
        }
        String code = amount.code();
        if (code.isEmpty() || code.equals("1")) {
            return new Amount(amount.value(), "1");
        }
        if (SPECIAL.stream().anyMatch(code::contains)) {
            return new Amount(amount.value(), "?" + code);
        }
        Optional<Scale> known = KNOWN.get(code);
        if (known == null) {
            known = scale(code);
            if (KNOWN.size() < MAX_KNOWN) {
                KNOWN.put(code, known);
            }
        }
        return known.map(s -> new Amount(amount.value().multiply(s.factor()), s.unit()))
                .orElse(new Amount(amount.value(), "?" + code));
    }

    private static Optional<Scale> scale(String code) {
        if (code.length() > MAX_UNIT) {
            return Optional.empty();
        }
        try {
            Pair one = Service.UCUM.getCanonicalForm(new Pair(new Decimal("1"), code));
            String unit = one.getCode().isEmpty() ? "1" : one.getCode();
            return Optional.of(new Scale(new BigDecimal(one.getValue().asDecimal()), unit));
        } catch (UcumException e) {
            return Optional.empty();
        }
    }

    static boolean areComparable(Amount left, Amount right) {
        return canonical(left).unit().equals(canonical(right).unit());
    }

    /** Null when their units have nothing in common. */
    static Integer compare(Amount left, Amount right) {
        if (left.unit().equals(right.unit())) {
            return left.value().compareTo(right.value());
        }
        Amount one = canonical(left);
        Amount other = canonical(right);
        return one.unit().equals(other.unit()) ? one.value().compareTo(other.value()) : null;
    }

    /** Equal at the precision of the less precise, years and months of the calendar too. */
    static boolean areEquivalent(Amount left, Amount right) {
        Amount one = new Amount(left.value(), left.code());
        Amount other = new Amount(right.value(), right.code());
        return rounds(one, other) || rounds(other, one);
    }

    private static boolean rounds(Amount to, Amount from) {
        Amount converted = converted(from, to.unit());
        return converted != null
                && converted
                                .value()
                                .setScale(Math.max(to.value().scale(), 0), RoundingMode.HALF_UP)
                                .compareTo(to.value())
                        == 0;
    }

    /** In another unit; null when there is no way. */
    static Amount converted(Amount amount, String unit) {
        if (amount.unit().equals(unit)) {
            return amount;
        }
        Amount base = canonical(amount);
        Amount one = canonical(new Amount(BigDecimal.ONE, unit));
        if (!base.unit().equals(one.unit()) || one.value().signum() == 0) {
            return null;
        }
        BigDecimal value = base.value().divide(one.value(), MathContext.DECIMAL128);
        return new Amount(
                value.stripTrailingZeros().scale() < 0 ? value.setScale(0) : plain(value), unit);
    }

    private static BigDecimal plain(BigDecimal value) {
        return value.stripTrailingZeros();
    }

    static Amount times(Amount left, Amount right) {
        return combined(left, right, ".");
    }

    /** Null when the divisor is zero. */
    static Amount by(Amount left, Amount right) {
        return right.value().signum() == 0 ? null : combined(left, right, "/");
    }

    private static Amount combined(Amount left, Amount right, String operator) {
        Amount one = canonical(left);
        Amount other = canonical(right);
        BigDecimal value =
                operator.equals(".")
                        ? one.value().multiply(other.value())
                        : one.value().divide(other.value(), MathContext.DECIMAL128);
        String unit = one.unit() + operator + "(" + other.unit() + ")";
        Amount combined = canonical(new Amount(value, unit));
        if (combined.unit().startsWith("?")) {
            throw new PathException(
                    "there is no unit for "
                            + left
                            + (operator.equals(".") ? " * " : " / ")
                            + right);
        }
        return combined;
    }
}
