package dev.andiron.fhir.view.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;

/** The pages of one row group, their checksums proved. */
final class ParquetPages implements PageReadStore {
    private final long rows;
    private final Map<String, PageReader> columns = new HashMap<>();

    ParquetPages(byte[] file, MessageType schema, BlockMetaData group) throws IOException {
        rows = group.getRowCount();
        for (ColumnChunkMetaData chunk : group.getColumns()) {
            assertEquals(CompressionCodecName.GZIP, chunk.getCodec());
            columns.put(chunk.getPath().toDotString(), read(file, chunk));
        }
        assertEquals(schema.getColumns().size(), columns.size());
    }

    private static Pages read(byte[] file, ColumnChunkMetaData chunk) throws IOException {
        var in =
                new ByteArrayInputStream(
                        file, (int) chunk.getStartingPos(), (int) chunk.getTotalSize());
        var pages = new Pages(chunk.getValueCount());
        while (in.available() > 0) {
            PageHeader header = Util.readPageHeader(in);
            byte[] compressed = in.readNBytes(header.getCompressed_page_size());
            var checksum = new CRC32();
            checksum.update(compressed);
            assertEquals((int) checksum.getValue(), header.getCrc());
            pages.add(header, uncompressed(compressed, header.getUncompressed_page_size()));
        }
        return pages;
    }

    private static byte[] uncompressed(byte[] compressed, int size) throws IOException {
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            byte[] bytes = gzip.readAllBytes();
            assertEquals(size, bytes.length);
            return bytes;
        }
    }

    @Override
    public PageReader getPageReader(ColumnDescriptor column) {
        return columns.get(String.join(".", column.getPath()));
    }

    @Override
    public long getRowCount() {
        return rows;
    }

    /** The pages of one column. */
    private static final class Pages implements PageReader {
        private final long values;
        private final Queue<DataPage> pages = new ArrayDeque<>();
        private DictionaryPage dictionary;

        Pages(long values) {
            this.values = values;
        }

        void add(PageHeader header, byte[] bytes) throws IOException {
            if (header.getType() == PageType.DICTIONARY_PAGE) {
                dictionary =
                        new DictionaryPage(
                                BytesInput.from(bytes),
                                header.getDictionary_page_header().getNum_values(),
                                encoding(header.getDictionary_page_header().getEncoding()));
                return;
            }
            assertEquals(PageType.DATA_PAGE, header.getType());
            DataPageHeader data = header.getData_page_header();
            pages.add(
                    new DataPageV1(
                            BytesInput.from(bytes),
                            data.getNum_values(),
                            bytes.length,
                            null,
                            encoding(data.getRepetition_level_encoding()),
                            encoding(data.getDefinition_level_encoding()),
                            encoding(data.getEncoding())));
        }

        private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
            return Encoding.valueOf(encoding.name());
        }

        @Override
        public DictionaryPage readDictionaryPage() {
            return dictionary;
        }

        @Override
        public long getTotalValueCount() {
            return values;
        }

        @Override
        public DataPage readPage() {
            return pages.poll();
        }
    }
}
