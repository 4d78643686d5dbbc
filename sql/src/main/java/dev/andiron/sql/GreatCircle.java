package dev.andiron.sql;

import java.util.ArrayList;
import java.util.List;

/** Distances on a sphere, and the box of degrees around a circle on it, which an index can find. */
public final class GreatCircle {
    /** In metres. */
    public static final double EARTH_RADIUS = 6_371_008.8;

    /** Widens a box by more than rounding can have narrowed it: about a millimetre. */
    private static final double SLACK = 1e-8;

    private GreatCircle() {}

    /** The haversine distance between two points in degrees, in metres. */
    public static double meters(
            double latitude, double longitude, double otherLatitude, double otherLongitude) {
        double north = Math.toRadians(otherLatitude - latitude);
        double east = Math.toRadians(otherLongitude - longitude);
        double half =
                Math.pow(Math.sin(north / 2), 2)
                        + Math.cos(Math.toRadians(latitude))
                                * Math.cos(Math.toRadians(otherLatitude))
                                * Math.pow(Math.sin(east / 2), 2);
        return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(half)));
    }

    /** Degrees from one to another, both included. */
    record Range(double low, double high) {}

    /**
     * What surrounds a circle.
     *
     * @param longitudes two where it crosses the 180th meridian
     */
    record Box(Range latitudes, List<Range> longitudes) {}

    /** The box around the points within a distance. */
    static Box box(double latitude, double longitude, double meters) {
        double angle = meters / EARTH_RADIUS;
        double north = Math.toDegrees(angle) + SLACK;
        var latitudes = new Range(latitude - north, latitude + north);
        double half = Math.sin(angle) / Math.cos(Math.toRadians(latitude));
        boolean overPole = latitudes.low() <= -90 || latitudes.high() >= 90;
        if (overPole || angle >= Math.PI / 2 || half >= 1) {
            return new Box(latitudes, List.of(new Range(-180, 180)));
        }
        double east = Math.toDegrees(Math.asin(half)) + SLACK;
        double low = longitude - east;
        double high = longitude + east;
        var longitudes = new ArrayList<Range>(2);
        longitudes.add(new Range(Math.max(low, -180), Math.min(high, 180)));
        if (low < -180) {
            longitudes.add(new Range(low + 360, 180));
        }
        if (high > 180) {
            longitudes.add(new Range(-180, high - 360));
        }
        return new Box(latitudes, longitudes);
    }
}
