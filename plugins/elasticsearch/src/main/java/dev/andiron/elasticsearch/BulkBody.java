package dev.andiron.elasticsearch;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a bulk request says: a line of JSON in front of each document. Written as bytes, for objects
 * for each line would cost more than the documents themselves.
 */
final class BulkBody {
    private static final byte[] HEAD = ascii("{\"index\":{\"_id\":\"");
    private static final byte[] VERSION =
            ascii("\",\"version_type\":\"external_gte\",\"version\":");
    private static final byte[] END = ascii("}}\n");

    private BulkBody() {}

    static byte[] of(List<BulkSender.Document> documents) {
        int size = documents.stream().mapToInt(BulkSender.Document::bytes).sum();
        var body = new ByteArrayOutputStream(size);
        for (BulkSender.Document document : documents) {
            body.writeBytes(HEAD);
            body.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(document.id()));
            body.writeBytes(VERSION);
            body.writeBytes(ascii(Long.toString(document.version())));
            body.writeBytes(END);
            body.writeBytes(document.json());
            body.write('\n');
        }
        return body.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
