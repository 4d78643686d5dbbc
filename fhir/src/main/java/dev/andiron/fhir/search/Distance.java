package dev.andiron.fhir.search;

import dev.andiron.spi.search.SearchValue;

/** Distances on a sphere as large as the Earth. */
final class Distance {
    private static final double EARTH_RADIUS_METERS = 6_371_008.8;

    private Distance() {}

    /** The great-circle distance in metres, by the haversine formula. */
    static double meters(double latitude, double longitude, SearchValue.Position position) {
        double north = Math.toRadians(position.latitude() - latitude);
        double east = Math.toRadians(position.longitude() - longitude);
        double half =
                Math.pow(Math.sin(north / 2), 2)
                        + Math.cos(Math.toRadians(latitude))
                                * Math.cos(Math.toRadians(position.latitude()))
                                * Math.pow(Math.sin(east / 2), 2);
        return 2 * EARTH_RADIUS_METERS * Math.asin(Math.min(1, Math.sqrt(half)));
    }
}
