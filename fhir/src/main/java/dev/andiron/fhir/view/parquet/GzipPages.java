package dev.andiron.fhir.view.parquet;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Compresses pages by what the JDK brings. The library's own codecs need Hadoop or native code. */
final class GzipPages implements BytesInputCompressor {
    private static final int BUFFER = 1 << 14;

    @Override
    public BytesInput compress(BytesInput page) throws IOException {
        var bytes = new ByteArrayOutputStream(BUFFER);
        try (var gzip = new Quick(bytes)) {
            page.writeAllTo(gzip);
        }
        return BytesInput.from(bytes);
    }

    /** Encoded columns are small already; more effort gains a few per cent. */
    private static final class Quick extends GZIPOutputStream {
        Quick(OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    @Override
    public CompressionCodecName getCodecName() {
        return CompressionCodecName.GZIP;
    }

    @Override
    public void release() {}
}
