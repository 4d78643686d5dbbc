package dev.andiron.fhir.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

class SearchValueExtractorTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final SearchValueExtractor EXTRACTOR =
            new SearchValueExtractor(R4, List.of("http://localhost/fhir"));

    private static void expect(String parameter, String json, SearchValue... expected) {
        var found = new HashSet<SearchValue>();
        for (SearchValue value : extract(json)) {
            if (value.parameter().equals(parameter)) {
                assertTrue(found.add(value), () -> "twice: " + value);
            }
        }
        assertEquals(Set.copyOf(Arrays.asList(expected)), found);
    }

    private static List<SearchValue> extract(String json) {
        return EXTRACTOR.extract(
                JsonReader.readObject(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    private static SearchValue token(String parameter, String system, String code, String display) {
        return new SearchValue.Token(parameter, system, code, display);
    }

    private static SearchValue date(String parameter, String low, String high) {
        return new SearchValue.Date(
                parameter,
                low.isEmpty() ? Instant.MIN : Instant.parse(low),
                high.isEmpty() ? Instant.MAX : Instant.parse(high));
    }

    private static SearchValue quantity(
            String parameter, String low, String value, String high, String system, String code) {
        var from = new BigDecimal(low);
        var to = new BigDecimal(high);
        return new SearchValue.Quantity(
                parameter, from, new BigDecimal(value), to, system, code, "", from, to);
    }

    @Test
    void compilesEverySearchParameterOfTheStandard() {
        R4.resourceTypes().forEach(EXTRACTOR::prepareFor);
    }

    @Test
    void tokens() {
        expect(
                "code",
                "{'resourceType':'Observation','code':{'text':'Pulse','coding':[{'system':'s','code':'1','display':'Heart"
                    + " Rate'},{'code':'2'}]}}",
                token("code", "s", "1", "heart rate"),
                token("code", "", "2", ""),
                token("code", "s", "1", "pulse"));
        expect(
                "code",
                "{'resourceType':'Observation','code':{'text':'Pulse'}}",
                token("code", "", "", "pulse"));
        expect(
                "identifier",
                "{'resourceType':'Patient','identifier':[{'system':'s','value':'7','type':{'text':'Record"
                    + " No','coding':[{'system':'t','code':'MR'}]}},{'use':'old'}]}",
                token("identifier", "s", "7", "record no"),
                new SearchValue.TypedIdentifier("identifier", "t", "MR", "7"));
        expect(
                "active",
                "{'resourceType':'Patient','active':true}",
                token("active", "", "true", ""));
        expect(
                "deceased",
                "{'resourceType':'Patient','deceasedDateTime':'2020'}",
                token("deceased", "", "true", ""));
        expect(
                "email",
                "{'resourceType':'Patient','telecom':[{'system':'email','value':'a@b'},{'system':'phone','value':'1'}]}",
                token("email", "", "a@b", ""));
        expect(
                "_tag",
                "{'resourceType':'Patient','meta':{'tag':[{'system':'s','code':'t'}]}}",
                token("_tag", "s", "t", ""));
        expect("_id", "{'resourceType':'Patient','id':'1','meta':{'lastUpdated':'2020'}}");
    }

    @Test
    void texts() {
        expect(
                "name",
                "{'resourceType':'Patient','name':[{'family':'Müller','given':['Änne','B.'],'text':'Änne"
                    + " Müller'}]}",
                new SearchValue.Text("name", "muller", "Müller"),
                new SearchValue.Text("name", "anne", "Änne"),
                new SearchValue.Text("name", "b.", "B."),
                new SearchValue.Text("name", "anne muller", "Änne Müller"));
        expect(
                "address",
                "{'resourceType':'Patient','address':[{'line':['1"
                        + " Rd'],'city':'X','period':{'start':'2020'}}]}",
                new SearchValue.Text("address", "1 rd", "1 Rd"),
                new SearchValue.Text("address", "x", "X"));
        expect(
                "value-string",
                "{'resourceType':'Observation','valueCodeableConcept':{'text':'Red'}}",
                new SearchValue.Text("value-string", "red", "Red"));
    }

    @Test
    void references() {
        expect(
                "subject",
                "{'resourceType':'Observation','subject':{'reference':'Patient/1/_history/2','identifier':{'system':'s','value':'v'}}}",
                new SearchValue.LocalReference("subject", "Patient", "1", "2"),
                new SearchValue.ReferenceIdentifier("subject", "s", "v"));
        expect(
                "patient",
                "{'resourceType':'Observation','subject':{'reference':'http://localhost/fhir/Patient/1'}}",
                new SearchValue.LocalReference("patient", "Patient", "1", ""));
        expect("patient", "{'resourceType':'Observation','subject':{'reference':'Group/1'}}");
        expect(
                "subject",
                "{'resourceType':'Observation','subject':{'reference':'http://other/fhir/Patient/1'}}",
                new SearchValue.ExternalReference("subject", "http://other/fhir/Patient/1"));
        expect(
                "subject",
                "{'resourceType':'Observation','subject':{'reference':'urn:uuid:5'}}",
                new SearchValue.ExternalReference("subject", "urn:uuid:5"));
        expect(
                "subject",
                "{'resourceType':'Observation','subject':{'reference':'#p'},'contained':[{'resourceType':'Patient','id':'p'}]}");
        expect(
                "instantiates-canonical",
                "{'resourceType':'CarePlan','instantiatesCanonical':['http://x/PlanDefinition/1|2']}",
                new SearchValue.ExternalReference(
                        "instantiates-canonical", "http://x/PlanDefinition/1|2"));
        expect(
                "composition",
                "{'resourceType':'Bundle','type':'document','entry':[{'resource':{'resourceType':'Composition','id':'c'}}]}",
                new SearchValue.LocalReference("composition", "Composition", "c", ""));
    }

    @Test
    void dates() {
        expect(
                "birthdate",
                "{'resourceType':'Patient','birthDate':'1980-02'}",
                date("birthdate", "1980-02-01T00:00:00Z", "1980-03-01T00:00:00Z"));
        expect(
                "date",
                "{'resourceType':'Observation','effectivePeriod':{'start':'2020-01-01'}}",
                date("date", "2020-01-01T00:00:00Z", ""));
        expect(
                "date",
                "{'resourceType':'Observation','effectivePeriod':{'end':'2020-01-01T12:00:00+02:00'}}",
                date("date", "", "2020-01-01T10:00:01Z"));
        expect(
                "date",
                "{'resourceType':'Observation','effectiveTiming':{'event':['2020-01-05','2020-01-01'],'repeat':{'boundsPeriod':{'end':'2020-01-03','start':'2020-01-02'}}}}",
                date("date", "2020-01-01T00:00:00Z", "2020-01-06T00:00:00Z"));
        expect("date", "{'resourceType':'Observation','effectiveTiming':{'repeat':{'count':3}}}");
        expect(
                "date",
                "{'resourceType':'Observation','effectivePeriod':{'start':'2021','end':'2020'}}");
    }

    @Test
    void numbersQuantitiesUrisAndPlaces() {
        var half = new BigDecimal("0.50");
        expect(
                "probability",
                "{'resourceType':'RiskAssessment','prediction':[{'probabilityDecimal':0.50}]}",
                new SearchValue.Number("probability", half, half, half));
        expect(
                "value-quantity",
                "{'resourceType':'Observation','valueQuantity':{'value':5.4,'unit':'milligram','system':'u','code':'mg'}}",
                quantity("value-quantity", "5.4", "5.4", "5.4", "u", "mg"),
                quantity("value-quantity", "5.4", "5.4", "5.4", "", "milligram"));
        expect(
                "value-quantity",
                "{'resourceType':'Observation','valueQuantity':{'value':5,'comparator':'<','unit':'mg'}}",
                quantity("value-quantity", "-1E+308", "5", "5", "", "mg"));
        expect(
                "totalgross",
                "{'resourceType':'Invoice','totalGross':{'value':9.50,'currency':'EUR'}}",
                quantity("totalgross", "9.50", "9.50", "9.50", "urn:iso:std:iso:4217", "EUR"));
        expect(
                "_profile",
                "{'resourceType':'Patient','meta':{'profile':['http://p|1']}}",
                new SearchValue.Uri("_profile", "http://p|1"),
                new SearchValue.Uri("_profile", "http://p"));
        expect(
                "near",
                "{'resourceType':'Location','position':{'longitude':-83.69,'latitude':42.25}}",
                new SearchValue.Position("near", 42.25, -83.69));
    }

    @Test
    void compositesKeepTheirPartsTogether() {
        expect(
                "component-code-value-quantity",
                "{'resourceType':'Observation','component':[{'code':{'coding':[{'code':'a'}]},'valueQuantity':{'value':1}},{'code':{'coding':[{'code':'b'}]},'valueString':'x'}]}",
                new SearchValue.Composite(
                        "component-code-value-quantity",
                        List.of(
                                List.of(token("component-code", "", "a", "")),
                                List.of(
                                        quantity(
                                                "component-value-quantity",
                                                "1",
                                                "1",
                                                "1",
                                                "",
                                                "")))));
        expect(
                "code-value-string",
                "{'resourceType':'Observation','code':{'coding':[{'code':'a'}]},'valueString':'X'}",
                new SearchValue.Composite(
                        "code-value-string",
                        List.of(
                                List.of(token("code", "", "a", "")),
                                List.of(new SearchValue.Text("value-string", "x", "X")))));
    }

    @Test
    void unionsAreWrittenForWhoCannotSortByThemOtherwise() {
        var resource =
                JsonReader.readObject(
                        "{\"resourceType\":\"Observation\",\"code\":{\"coding\":[{\"code\":\"a\"}]}}"
                                .getBytes(StandardCharsets.UTF_8));
        var code = token("code", "", "a", "");
        assertEquals(
                Set.of(code, token("combo-code", "", "a", "")),
                Set.copyOf(EXTRACTOR.extract(resource, Set.of(SearchFeature.SORT))));
        assertEquals(List.of(code), EXTRACTOR.extract(resource, Set.of(SearchFeature.SORT_UNION)));
    }

    @Test
    void oddContentNeverFails() {
        assertEquals(List.of(), extract("{'resourceType':'Nonsense','name':1}"));
        extract(
                "{'resourceType':'Patient','name':'x','birthDate':1,'telecom':{'system':['a']},'identifier':[null,3]}");
        extract(
                "{'resourceType':'Observation','subject':'Patient/1','valueQuantity':{'value':'x'},'effectiveDateTime':'soon'}");
    }
}
