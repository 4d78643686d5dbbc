package dev.andiron.fhir.quantity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fhir.ucum.Decimal;
import org.fhir.ucum.UcumEssenceService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Optional;
import java.util.Random;

class UcumTest {
    private static final long SEED = 7;
    private static final List<String> COMMON =
            List.of(
                    "mg",
                    "g",
                    "kg",
                    "ug",
                    "ng",
                    "mg/dL",
                    "g/L",
                    "ug/mL",
                    "mmol/L",
                    "umol/L",
                    "L",
                    "mL",
                    "dL",
                    "mm[Hg]",
                    "kPa",
                    "Pa",
                    "cm",
                    "m",
                    "[in_i]",
                    "[ft_i]",
                    "kg/m2",
                    "/min",
                    "{beats}/min",
                    "h",
                    "min",
                    "s",
                    "ms",
                    "d",
                    "wk",
                    "a",
                    "[lb_av]",
                    "[oz_av]",
                    "%",
                    "10*3/uL",
                    "10*9/L",
                    "mL/min/{1.73_m2}",
                    "kcal",
                    "kJ",
                    "mV",
                    "meq/L",
                    "mosm/kg",
                    "fL",
                    "pg",
                    "K",
                    "Hz",
                    "N.s",
                    "W",
                    "lm",
                    "deg");

    @ParameterizedTest
    @CsvSource({
        "1500, mg, 1.5, g",
        "1, kg, 1000, g",
        "120, mm[Hg], 15998640, g.m-1.s-2",
        "5, mg/dL, 50, g.m-3",
        "98.6, [degF], 310.15, K",
        "37, Cel, 310.15, K",
        "-40, Cel, 233.15, K",
        "-40, [degF], 233.15, K",
        "180, %, 1.8, 1",
        "2, {tablet}, 2, 1",
        "60, /h, 0.01666666666666666666666666666666666666667, s-1",
        "1, /min, 0.01666666666666666666666666666666666666667, s-1",
        "3, 10*3/uL, 3000000000000, m-3",
        "7, [iU]/mL, 7000000, [iU].m-3",
        "7, [IU]/mL, 7000000, [iU].m-3",
        "1, [lb_av], 453.59237, g",
        "1, m/m, 1, 1"
    })
    void valuesBecomeCanonical(String value, String code, String expected, String unit) {
        CanonicalUnit canonical = Ucum.canonical(code).orElseThrow();
        assertEquals(unit, canonical.code());
        BigDecimal converted = canonical.convert(new BigDecimal(value));
        assertEquals(0, new BigDecimal(expected).compareTo(converted), converted::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tablets",
                "mgg",
                "[pH]",
                "B[SPL]",
                "Cel/s",
                "mCel",
                "m999999999",
                "0",
                "m/",
                "((((((",
                "{",
                "[iU",
                "é",
                "10*99999999999"
            })
    void othersHaveNoCanonicalUnit(String code) {
        assertEquals(Optional.empty(), Ucum.canonical(code));
    }

    @Test
    void longCodesHaveNoneAndManyAreNotRemembered() {
        assertEquals(Optional.empty(), Ucum.canonical("m.".repeat(60) + "m"));
        for (int i = 0; i < 10_000; i++) {
            assertTrue(Ucum.canonical(i + 1 + ".mg").isPresent());
        }
    }

    @Test
    void arbitraryUnitsCompareWithThemselvesAlone() {
        assertEquals("[arb'U]", Ucum.canonical("[arb'U]").orElseThrow().code());
        assertEquals("[iU]", Ucum.canonical("[IU]").orElseThrow().code());
    }

    @Test
    void conversionsKeepOrderAndGoBack() {
        var random = new Random(SEED);
        for (String code : COMMON) {
            CanonicalUnit unit = Ucum.canonical(code).orElseThrow(() -> new AssertionError(code));
            for (int i = 0; i < 200; i++) {
                BigDecimal one = number(random);
                BigDecimal other = number(random);
                assertEquals(
                        one.compareTo(other),
                        unit.convert(one).compareTo(unit.convert(other)),
                        () -> one + " and " + other + " " + code);
                BigDecimal back =
                        unit.convert(one)
                                .multiply(unit.denominator())
                                .divide(unit.numerator(), MathContext.DECIMAL128);
                assertEquals(
                        0,
                        one.compareTo(back.round(new MathContext(20))),
                        () -> one + " " + code + " came back as " + back);
            }
        }
    }

    @Test
    void prefixesAreFactors() {
        var random = new Random(SEED);
        for (int i = 0; i < 500; i++) {
            BigDecimal value = number(random);
            assertEquals(
                    Ucum.canonical("g").orElseThrow().convert(value),
                    Ucum.canonical("mg").orElseThrow().convert(value.movePointRight(3)));
            assertEquals(
                    Ucum.canonical("/min").orElseThrow().convert(value),
                    Ucum.canonical("/h").orElseThrow().convert(value.multiply(new BigDecimal(60))));
        }
    }

    /** As far as it goes: it rounds factors to the digits of the value. */
    @Test
    void theLibraryComesToTheSame() throws Exception {
        try (var tables = UcumEssenceService.class.getResourceAsStream("/ucum-essence.xml")) {
            var library = new UcumEssenceService(tables);
            for (String code : COMMON) {
                CanonicalUnit unit = Ucum.canonical(code).orElseThrow();
                Decimal theirs = library.convert(new Decimal("1.0000000000"), code, unit.code());
                BigDecimal difference =
                        new BigDecimal(theirs.asDecimal())
                                .divide(unit.convert(BigDecimal.ONE), MathContext.DECIMAL64)
                                .subtract(BigDecimal.ONE)
                                .abs();
                assertTrue(
                        difference.compareTo(new BigDecimal("1e-2")) < 0,
                        () -> code + ": " + theirs.asDecimal() + " or " + unit);
            }
        }
    }

    private static BigDecimal number(Random random) {
        return BigDecimal.valueOf(random.nextInt(-1_000_000, 1_000_000), random.nextInt(0, 6));
    }
}
