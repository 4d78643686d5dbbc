package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.Script;
import co.elastic.clients.json.JsonData;

import java.util.HashMap;
import java.util.Map;

/** Distances on a sphere as large as the Earth, by the haversine formula, as scripts. */
final class GreatCircle {
    private static final double EARTH_RADIUS_METERS = 6_371_008.8;

    private static final String METERS =
            """
            double lat = doc[params.lat].value; double lon = doc[params.lon].value;
            double north = Math.toRadians(lat - params.latitude);
            double east = Math.toRadians(lon - params.longitude);
            double half = Math.pow(Math.sin(north / 2), 2)
              + Math.cos(Math.toRadians(params.latitude)) * Math.cos(Math.toRadians(lat))
                * Math.pow(Math.sin(east / 2), 2);
            double meters = 2 * params.radius * Math.asin(Math.min(1.0, Math.sqrt(half)));
            """;

    private GreatCircle() {}

    /** Whether a place is within a distance. */
    static Script within(String place, double latitude, double longitude, double meters) {
        Map<String, JsonData> parameters = parameters(place, latitude, longitude);
        parameters.put("most", JsonData.of(meters));
        return script(METERS + "return meters <= params.most;", parameters);
    }

    /** The distance of a place; negative when the farthest comes first. */
    static Script distance(String place, double latitude, double longitude, boolean farthest) {
        return script(
                METERS + "return " + (farthest ? "-" : "") + "meters;",
                parameters(place, latitude, longitude));
    }

    private static Map<String, JsonData> parameters(
            String place, double latitude, double longitude) {
        var parameters = new HashMap<String, JsonData>();
        parameters.put("lat", JsonData.of(place + "." + Field.LATITUDE));
        parameters.put("lon", JsonData.of(place + "." + Field.LONGITUDE));
        parameters.put("latitude", JsonData.of(latitude));
        parameters.put("longitude", JsonData.of(longitude));
        parameters.put("radius", JsonData.of(EARTH_RADIUS_METERS));
        return parameters;
    }

    private static Script script(String source, Map<String, JsonData> parameters) {
        return Script.of(
                script -> script.source(text -> text.scriptString(source)).params(parameters));
    }
}
