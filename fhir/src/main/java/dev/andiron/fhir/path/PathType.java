package dev.andiron.fhir.path;

import dev.andiron.fhir.definition.ElementDefinition;
import dev.andiron.fhir.definition.ElementType;
import dev.andiron.fhir.definition.TypeDefinition;
import dev.andiron.fhir.definition.TypeKind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A type as paths see it: how its values compare, and where its elements stand in JSON. */
final class PathType {

    /** How values compare and compute. */
    enum Category {
        BOOLEAN,
        STRING,
        INTEGER,
        DECIMAL,
        DATE,
        DATE_TIME,
        TIME,
        QUANTITY,
        COMPLEX
    }

    static final PathType SYSTEM_BOOLEAN = new PathType("Boolean", Category.BOOLEAN);
    static final PathType SYSTEM_STRING = new PathType("String", Category.STRING);
    static final PathType SYSTEM_INTEGER = new PathType("Integer", Category.INTEGER);
    static final PathType SYSTEM_DECIMAL = new PathType("Decimal", Category.DECIMAL);
    static final PathType SYSTEM_DATE = new PathType("Date", Category.DATE);
    static final PathType SYSTEM_DATE_TIME = new PathType("DateTime", Category.DATE_TIME);
    static final PathType SYSTEM_TIME = new PathType("Time", Category.TIME);
    static final PathType SYSTEM_QUANTITY =
            new PathType(
                    "Quantity",
                    Category.QUANTITY,
                    Map.of(
                            "value",
                            Element.of("value", SYSTEM_DECIMAL),
                            "unit",
                            Element.of("unit", SYSTEM_STRING),
                            "code",
                            Element.of("code", SYSTEM_STRING)));

    /** What {@code type()} gives. */
    static final PathType TYPE_INFO =
            new PathType(
                    "SimpleTypeInfo",
                    Category.COMPLEX,
                    Map.of(
                            "namespace",
                            Element.of("namespace", SYSTEM_STRING),
                            "name",
                            Element.of("name", SYSTEM_STRING)));

    /** What {@code resolve()} gives when the reference does not tell a type. */
    static final PathType UNKNOWN = new PathType("", Category.COMPLEX);

    private final String name;
    private final boolean system;
    private final Category category;
    private final Set<String> names;
    private final boolean primitive;
    private final boolean openResource;
    private final Map<String, Element> elements;

    private PathType(String name, Category category) {
        this(name, category, Map.of());
    }

    private PathType(String name, Category category, Map<String, Element> elements) {
        this.name = name;
        this.system = true;
        this.category = category;
        this.names = Set.of(name);
        this.primitive = category != Category.QUANTITY && category != Category.COMPLEX;
        this.openResource = false;
        this.elements = elements;
    }

    /**
     * Makes a FHIR type.
     *
     * @param elements those of the definition; those of Element for a primitive
     */
    PathType(PathModel model, TypeDefinition definition, List<ElementDefinition> elements) {
        this.name = definition.name();
        this.system = false;
        this.primitive = definition.kind() == TypeKind.PRIMITIVE;
        this.names = new HashSet<>();
        for (TypeDefinition type = definition;
                type != null;
                type = type.base().flatMap(model.definitions()::type).orElse(null)) {
            names.add(type.name());
        }
        this.category = categoryOf(name, primitive, names);
        this.openResource = definition.kind() == TypeKind.RESOURCE && definition.isAbstract();
        this.elements = new HashMap<>();
        for (ElementDefinition element : elements) {
            this.elements.put(element.name(), new Element(model, element));
        }
    }

    private static Category categoryOf(String name, boolean primitive, Set<String> names) {
        if (!primitive) {
            return names.contains("Quantity") ? Category.QUANTITY : Category.COMPLEX;
        }
        return switch (name) {
            case "boolean" -> Category.BOOLEAN;
            case "integer", "positiveInt", "unsignedInt", "integer64" -> Category.INTEGER;
            case "decimal" -> Category.DECIMAL;
            case "date" -> Category.DATE;
            case "dateTime", "instant" -> Category.DATE_TIME;
            case "time" -> Category.TIME;
            default -> Category.STRING;
        };
    }

    String name() {
        return name;
    }

    boolean isSystem() {
        return system;
    }

    Category category() {
        return category;
    }

    boolean isPrimitive() {
        return primitive;
    }

    /** Whether a value's own {@code resourceType} says what it is. */
    boolean isOpenResource() {
        return openResource;
    }

    /** Whether its values are of a named type: their own, or one that it is derived from. */
    boolean is(String typeName) {
        // A primitive that is derived from another one is none: a code is no string.
        return primitive ? name.equals(typeName) : names.contains(typeName);
    }

    /** As {@link #is}, where a code is a string too. */
    boolean isKindOf(String typeName) {
        return names.contains(typeName);
    }

    /** The element, null when there is none. */
    Element element(String elementName) {
        return elements.get(elementName);
    }

    /**
     * The values of a choice that stand in one member of the JSON object, as an element.
     *
     * @param jsonName such as {@code valueQuantity}
     * @return null when there is no such member
     */
    Element choice(String jsonName) {
        for (Map.Entry<String, Element> element : elements.entrySet()) {
            for (Field field : element.getValue().fields()) {
                if (field.name().equals(jsonName) && !element.getKey().equals(jsonName)) {
                    return Element.of(field.name(), field.type());
                }
            }
        }
        return null;
    }

    Iterable<Element> elements() {
        return elements.values();
    }

    @Override
    public String toString() {
        return system ? "System." + name : name;
    }

    /** An element and its places in JSON, one for each of its types. */
    static final class Element {
        private final PathModel model;
        private final ElementDefinition definition;
        private volatile Field[] fields;

        private static Element of(String name, PathType type) {
            var element = new Element(null, null);
            element.fields = new Field[] {new Field(name, type)};
            return element;
        }

        private Element(PathModel model, ElementDefinition definition) {
            this.model = model;
            this.definition = definition;
        }

        /** Made late, since types contain each other. */
        Field[] fields() {
            Field[] made = fields;
            if (made == null) {
                var list = new ArrayList<Field>();
                for (ElementType type : definition.types()) {
                    list.add(new Field(definition.jsonName(type), model.type(type.name())));
                }
                made = list.toArray(Field[]::new);
                fields = made;
            }
            return made;
        }
    }

    /**
     * A member of a JSON object.
     *
     * @param name such as {@code valueQuantity}
     * @param sibling the name of a primitive's id and extensions
     */
    record Field(String name, String sibling, PathType type) {
        Field(String name, PathType type) {
            this(name.intern(), ("_" + name).intern(), type);
        }
    }
}
