package dev.andiron.fhir.validation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.SyntheaSample;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

class StructureValidatorTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private final StructureValidator validator = new StructureValidator(R4);

    static List<String> sample() {
        return SyntheaSample.resources();
    }

    @ParameterizedTest
    @MethodSource("sample")
    void acceptsSynthea(String json) {
        assertEquals(List.of(), validate(json, ValidationLevel.REQUIRED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // primitives with extensions, with and without values, in parallel arrays
                """
                {"resourceType":"Patient","_birthDate":{"extension":[{"url":"http://x/y","valueDateTime":"2020-01-01T10:00:00+02:00"}]},
                 "name":[{"given":["A",null,"B"],"_given":[null,{"id":"g"},{"extension":[{"url":"http://x/z","valueCode":"c d"}]}]}]}\
                """,
                """
                {"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50e-3,"unit":"g"},
                 "_status":{"id":"s"},"component":[{"code":{"text":"y"},"valueDateTime":"2024-02-29","_valueDateTime":{"id":"v"}}]}\
                """,
                // contained resources, fragments, nested extensions everywhere
                """
                {"resourceType":"Observation","status":"final","code":{"text":"x","extension":[{"url":"http://a","extension":[{"url":"b","valueBoolean":false}]}]},
                 "contained":[{"resourceType":"Patient","id":"p","modifierExtension":[{"url":"http://m","valueInteger":-1}]}],"subject":{"reference":"#p"}}\
                """,
                """
                {"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:4b3c1b2e-0000-4000-8000-000000000001",
                 "resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}]}\
                """,
                """
                {"resourceType":"Parameters","parameter":[{"name":"p","part":[{"name":"q","resource":{"resourceType":"Binary","contentType":"text/plain","data":"YWI ="}}]}]}\
                """,
                """
                {"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">a &lt; b&nbsp;<br/><!-- c --><a href='x?a&amp;b'>l</a></div>"}}\
                """,
                """
                {"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"1.1","type":"string"}]}]}\
                """
            })
    void acceptsEveryFormOfJson(String json) {
        assertEquals(List.of(), validate(json, ValidationLevel.REQUIRED));
    }

    record Refusal(String json, String expression, String diagnostics) {}

    static List<Refusal> refusals() {
        return List.of(
                new Refusal("{'id':'a'}", "", "'resourceType' is missing"),
                new Refusal("{'resourceType':1}", "", "'resourceType' must be a string"),
                new Refusal("{'resourceType':'Patiant'}", "", "did you mean 'Patient'?"),
                new Refusal("{'resourceType':'DomainResource'}", "", "not a resource type"),
                patient("'brithDate':'2000-01-01'", "brithDate", "did you mean 'birthDate'?"),
                patient("'deceased':true", "deceased", "as in 'deceasedBoolean'"),
                patient("'zzz':{}", "zzz", "Unknown element 'zzz' in Patient"),
                patient("'_contact':{}", "_contact", "is not a primitive"),
                patient("'_id':{'id':'x'}", "_id", "no place for extensions"),
                patient("'active':'true'", "active", "boolean is expected"),
                patient("'active':null", "active", "null is not allowed"),
                patient("'name':{'family':'x'}", "name", "must be an array"),
                patient("'name':[]", "name", "array must not be empty"),
                patient("'name':['x']", "name[0]", "object is expected for HumanName"),
                patient("'name':[{}]", "name[0]", "object must not be empty"),
                patient("'name':[null]", "name[0]", "null is allowed only"),
                patient("'name':[[]]", "name[0]", "but this is an array"),
                patient("'gender':['male']", "gender", "must not be an array"),
                patient("'gender':''", "gender", "text must not be empty"),
                patient("'gender':' male'", "gender", "' male' is not a valid code"),
                patient("'birthDate':'2023-02-29'", "birthDate", "not a valid date"),
                patient("'birthDate':'2023-2-1'", "birthDate", "not a valid date"),
                patient("'birthDate':20230201", "birthDate", "string is expected for date"),
                patient("'id':'a_b'", "id", "not a valid id"),
                patient("'id':'" + "a".repeat(65) + "'", "id", "1 to 64"),
                patient(
                        "'deceasedBoolean':true,'deceasedDateTime':'2020'",
                        "deceased",
                        "both 'deceasedBoolean' and 'deceasedDateTime'"),
                patient(
                        "'deceasedBoolean':true,'_deceasedDateTime':{'id':'x'}",
                        "deceased",
                        "both 'deceasedBoolean' and 'deceasedDateTime'"),
                patient("'deceasedDateTime':'2020-01-01T10:00:00'", "deceased", "time and zone"),
                patient("'multipleBirthInteger':1.0", "multipleBirth", "not a valid integer"),
                patient("'multipleBirthInteger':2147483648", "multipleBirth", "32 bits"),
                patient("'multipleBirthInteger':-0", "multipleBirth", "not a valid integer"),
                patient("'photo':[{'size':-1}]", "photo[0].size", "from 0 to"),
                patient("'photo':[{'data':'YWI'}]", "photo[0].data", "base64 is expected"),
                patient("'telecom':[{'rank':0}]", "telecom[0].rank", "from 1 to"),
                patient(
                        "'name':[{'given':['A'],'_given':[null,{'id':'x'}]}]",
                        "name[0].given",
                        "'_given' has 2 places, but 'given' has 1"),
                patient(
                        "'name':[{'given':['A',null],'_given':[{'id':'x'},null]}]",
                        "name[0].given[1]",
                        "null is allowed only"),
                patient("'name':[{'given':[null]}]", "name[0].given[0]", "null is allowed only"),
                patient("'name':[{'_given':'x'}]", "name[0].given", "must be an array"),
                patient("'_gender':'x'", "gender", "must be an object"),
                patient("'_gender':{'value':'x'}", "gender.value", "Unknown element 'value'"),
                patient("'meta':{'versionId':'a b'}", "meta.versionId", "not a valid id"),
                patient("'meta':{'lastUpdated':'2020-01-01'}", "meta.lastUpdated", "instant"),
                patient(
                        "'extension':[{'url':'a b'}]",
                        "extension[0].url",
                        "a URI without white space"),
                patient(
                        "'extension':[{'url':'a','valueString':'x','valueCode':'y'}]",
                        "extension[0].value",
                        "both 'valueString' and 'valueCode'"),
                patient(
                        "'managingOrganization':{'reference':'Organisation/1'}",
                        "managingOrganization.reference",
                        "is not a reference"),
                patient(
                        "'managingOrganization':{'reference':'Organization/a/b'}",
                        "managingOrganization.reference",
                        "is not a reference"),
                patient(
                        "'managingOrganization':{'reference':'Organization'}",
                        "managingOrganization.reference",
                        "is not a reference"),
                patient(
                        "'contained':[{'resourceType':'Foo'}]",
                        "contained[0]",
                        "'Foo' is not a resource type"),
                patient("'contained':[{'id':'a'}]", "contained[0]", "'resourceType' is missing"),
                patient(
                        "'contained':[{'resourceType':'Patient','contained':[{'resourceType':'Patient','id':'x'}]}]",
                        "contained[0].contained[0]",
                        "must not contain"),
                patient(
                        "'contained':[{'resourceType':'Patient','id':'p','foo':1}]",
                        "contained[0].foo",
                        "Unknown element"),
                patient(
                        "'text':{'status':'generated','div':'<div>a<br></div>'}",
                        "text.div",
                        "well-formed XHTML"),
                patient(
                        "'text':{'status':'generated','div':'<p>a</p>'}",
                        "text.div",
                        "well-formed XHTML"),
                patient("'name':[{'family':'a\\u0000b'}]", "name[0].family", "control characters"),
                patient("'name':[{'family':'\\ud800'}]", "name[0].family", "is not a valid string"),
                patient("'gender':'\\udc00x'", "gender", "is not a valid code"),
                patient("'implicitRules':'u:\\ud800'", "implicitRules", "is not a valid uri"),
                patient("'name':[{'resourceType':'x'}]", "name[0].resourceType", "Unknown"),
                new Refusal(
                        "{'resourceType':'Bundle','type':'batch','entry':[{'resource':{'resourceType':'Patient','gender':1}}]}",
                        "Bundle.entry[0].resource.gender",
                        "string is expected for code"));
    }

    private static Refusal patient(String members, String element, String diagnostics) {
        return new Refusal(
                "{'resourceType':'Patient'," + members + "}", "Patient." + element, diagnostics);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refuses(Refusal refusal) {
        List<Issue> issues = validate(refusal.json().replace('\'', '"'), ValidationLevel.STRUCTURE);
        assertEquals(1, issues.size(), issues.toString());
        Issue issue = issues.getFirst();
        assertEquals(
                refusal.expression().isEmpty() ? List.of() : List.of(refusal.expression()),
                issue.expression());
        assertTrue(
                issue.diagnostics().contains(refusal.diagnostics()),
                () -> issue.diagnostics() + " should contain: " + refusal.diagnostics());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Organization/1",
                "Organization/1/_history/2",
                "Organization?identifier=s|v w",
                "#o",
                "#",
                "urn:uuid:4b3c1b2e-0000-4000-8000-000000000001",
                "http://example.org/fhir/Organization/1"
            })
    void acceptsReferences(String reference) {
        assertEquals(
                List.of(),
                validate(
                        """
                        {"resourceType":"Patient","managingOrganization":{"reference":"%s"}}\
                        """
                                .formatted(reference),
                        ValidationLevel.STRUCTURE));
    }

    @Test
    void requiredElementsAreLookedForAtEveryDepth() {
        String json =
                """
                {"resourceType":"Observation","status":"final","component":[{"valueString":"x"}],
                 "contained":[{"resourceType":"Group","id":"g","extension":[{"valueString":"x"}]}]}\
                """;
        assertEquals(List.of(), validate(json, ValidationLevel.STRUCTURE));
        assertEquals(
                Set.of(
                        "Observation.code",
                        "Observation.component[0].code",
                        "Observation.contained[0].type",
                        "Observation.contained[0].actual",
                        "Observation.contained[0].extension[0].url"),
                Set.copyOf(
                        validate(json, ValidationLevel.REQUIRED).stream()
                                .map(issue -> issue.expression().getFirst())
                                .toList()));
    }

    @Test
    void requiredElementsMayHaveExtensionsInsteadOfValues() {
        String json =
                """
                {"resourceType":"Observation","_status":{"extension":[{"url":"http://x","valueCode":"unknown"}]},"code":{"text":"x"}}\
                """;
        assertEquals(List.of(), validate(json, ValidationLevel.REQUIRED));
    }

    @Test
    void allProblemsAreToldUpToABound() {
        var names = new StringBuilder("{\"resourceType\":\"Patient\",\"name\":[");
        for (int i = 0; i < 150; i++) {
            names.append(i == 0 ? "" : ",").append("{\"family\":").append(i).append('}');
        }
        List<Issue> issues = validate(names.append("]}").toString(), ValidationLevel.STRUCTURE);
        assertEquals(StructureValidator.MAX_ISSUES + 1, issues.size());
        assertEquals(List.of("Patient.name[99].family"), issues.get(99).expression());
        assertEquals(Issue.Severity.INFORMATION, issues.getLast().severity());
    }

    @Test
    void nothingIsCheckedWhenTheLevelSaysSo() {
        assertEquals(List.of(), validate("{\"foo\":1}", ValidationLevel.NONE));
    }

    @Test
    void openTypesAreLetPassButForWhatEveryResourceHas() {
        var open = new StructureValidator(R4, Set.of("Chart"));
        JsonObject view = read("{\"resourceType\":\"Chart\",\"id\":\"a b\",\"select\":[{}]}");
        List<Issue> issues = open.validate(view, ValidationLevel.REQUIRED);
        assertEquals(1, issues.size(), issues.toString());
        assertEquals(List.of("Chart.id"), issues.getFirst().expression());
        assertEquals(1, validator.validate(view, ValidationLevel.STRUCTURE).size());
    }

    private List<Issue> validate(String json, ValidationLevel level) {
        return validator.validate(read(json), level);
    }

    private static JsonObject read(String json) {
        return JsonReader.readObject(json.getBytes(StandardCharsets.UTF_8));
    }
}
