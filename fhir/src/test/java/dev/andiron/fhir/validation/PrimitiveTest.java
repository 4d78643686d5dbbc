package dev.andiron.fhir.validation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrimitiveTest {

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    date, 2024, true
                    date, 0000, false
                    date, 2024-13, false
                    date, 2024-00, false
                    date, 2024-02-29, true
                    date, 1900-02-29, false
                    date, 2024-02-30, false
                    date, 2024-1-01, false
                    date, 2024-01-01T00:00:00Z, false
                    dateTime, 2024-02, true
                    dateTime, 2024-02-29T24:00:00Z, false
                    dateTime, 2024-02-29T23:59:60Z, true
                    dateTime, 2024-02-29T23:59:59.123456789012-14:00, true
                    dateTime, 2024-02-29T23:59:59+14:01, false
                    dateTime, 2024-02-29T23:59:59., false
                    dateTime, 2024-02-29T23:59:59z, false
                    dateTime, 2024-02-29T23:59Z, false
                    dateTime, 2024-02-30T23:59:59Z, false
                    dateTime, 2024-02-29 23:59:59Z, false
                    instant, 2024-02-29, false
                    instant, 2024-02-29T00:00:00.000Z, true
                    instant, 2024-02-29T00:00:00, false
                    time, 00:00:00, true
                    time, 00:00, false
                    time, 12:60:00, false
                    time, 12:59:59.5, true
                    time, 12:59:59Z, false
                    base64Binary, YWJj, true
                    base64Binary, YW==, true
                    base64Binary, Y===, false
                    base64Binary, YW=j, false
                    base64Binary, YWJ, false
                    base64Binary, YW-_, false
                    code, a b, true
                    code, a  b, false
                    id, A-z.0, true
                    id, a/b, false
                    oid, urn:oid:1.2.840, true
                    oid, urn:oid:1.02, false
                    oid, 1.2.840, false
                    uuid, urn:uuid:4b3c1b2e-0000-4000-8000-000000000001, true
                    uuid, 4b3c1b2e-0000-4000-8000-000000000001, false
                    uri, a%20b, true
                    uri, a b, false
                    integer, -2147483648, true
                    integer, -2147483649, false
                    integer, 1e2, false
                    positiveInt, 0, false
                    unsignedInt, 0, true
                    unsignedInt, -1, false
                    decimal, 1e-7, true
                    xhtml, <div/>, true
                    xhtml, <div><p>x</p></div>, true
                    xhtml, <div><p>x</div></p>, false
                    xhtml, <div>x</div><div>y</div>, false
                    xhtml, <div>a & b</div>, false
                    xhtml, <div a=b>x</div>, false
                    xhtml, <div><!DOCTYPE x></div>, false
                    xhtml, <div>, false
                    xhtml, <divx></divx>, false
                    xhtml, <div><o:p/></div>, false
                    xhtml, <div a="1" a="2"/>, false
                    xhtml, <div xml:lang="de" xmlns="http://www.w3.org/1999/xhtml"/>, true
                    xhtml, <div xmlns="http://example.org/"/>, false
                    xhtml, <div>&nbsp;&#0;</div>, false
                    xhtml, <div>&nbsp;&eacute;&quot;</div>, true
                    xhtml, <div>&foo;</div>, false
                    xhtml, <div>&#x41;<![CDATA[<]]></div>, true
                    """)
    void knowsItsTexts(String type, String text, boolean isValid) {
        assertEquals(isValid, Primitive.of(type).isValid(text), type + " " + text);
    }
}
