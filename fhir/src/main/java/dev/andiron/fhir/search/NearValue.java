package dev.andiron.fhir.search;

import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.spi.search.ValueTest;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The value of {@code near}: {@code latitude|longitude|distance|units}. */
final class NearValue {
    /** How far away what is near may be when no distance is given. */
    static final double DEFAULT_METERS = 50_000;

    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,20}(\\.\\d{1,40})?");
    private static final double MILE = 1609.344;
    private static final double FOOT = 0.3048;

    /** UCUM's units of length, and what people write instead. */
    private static final Map<String, Double> METERS =
            Map.ofEntries(
                    Map.entry("", 1000.0),
                    Map.entry("km", 1000.0),
                    Map.entry("m", 1.0),
                    Map.entry("dm", 0.1),
                    Map.entry("cm", 0.01),
                    Map.entry("mm", 0.001),
                    Map.entry("mi", MILE),
                    Map.entry("[mi_i]", MILE),
                    Map.entry("[mi_us]", 6_336_000 / 3937.0),
                    Map.entry("[nmi_i]", 1852.0),
                    Map.entry("ft", FOOT),
                    Map.entry("[ft_i]", FOOT),
                    Map.entry("[ft_us]", 1200 / 3937.0),
                    Map.entry("yd", 3 * FOOT),
                    Map.entry("[yd_i]", 3 * FOOT),
                    Map.entry("[yd_us]", 3600 / 3937.0),
                    Map.entry("[in_i]", FOOT / 12));

    private NearValue() {}

    static ValueTest.Near parse(List<String> parts, String value) throws Refusal {
        if (parts.size() < 2 || parts.size() > 4) {
            throw malformed(value);
        }
        double latitude = number(parts.get(0), value);
        double longitude = number(parts.get(1), value);
        String unit = parts.size() > 3 ? parts.get(3) : "";
        Double meters = METERS.get(unit);
        if (meters == null) {
            throw Refusal.malformed(
                    "'"
                            + unit
                            + "' is not a unit of length that is known here; known are "
                            + String.join(", ", new TreeSet<>(METERS.keySet())).substring(2));
        }
        double distance =
                parts.size() < 3 || parts.get(2).isEmpty()
                        ? DEFAULT_METERS
                        : number(parts.get(2), value) * meters;
        if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180 || distance < 0) {
            throw malformed(value);
        }
        return new ValueTest.Near(latitude, longitude, distance);
    }

    private static double number(String text, String value) throws Refusal {
        if (!NUMBER.matcher(text).matches()) {
            throw malformed(value);
        }
        return Double.parseDouble(text);
    }

    private static Refusal malformed(String value) {
        return Refusal.malformed(
                "'"
                        + value
                        + "' is not of the form latitude|longitude|distance|units with a latitude"
                        + " from -90 to 90, a longitude from -180 to 180 and a distance from 0");
    }
}
