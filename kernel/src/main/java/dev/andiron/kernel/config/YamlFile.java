package dev.andiron.kernel.config;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;

/**
 * Reads a configuration file into a tree of keys: plain YAML, one document, without anchors,
 * aliases or tags. A dotted key ({@code server.port: 80}) means the same as nested ones.
 */
final class YamlFile {
    private static final long LARGEST_FILE = 1 << 20;
    private static final int DEEPEST = 20;

    /** Told what is wrong: a line (0 for the file as a whole), the dotted key, a sentence. */
    interface Problems {
        void add(int line, String key, String message);
    }

    private final Problems problems;
    private Iterator<Event> events;

    private YamlFile(Problems problems) {
        this.problems = problems;
    }

    /** The tree of a file; what could be read of it when there are problems. */
    static YamlNode.Mapping read(Path file, Problems problems) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                problems.add(0, "", "the file is larger than 1 MiB");
                return new YamlNode.Mapping(0);
            }
            return parse(Files.readString(file), problems);
        } catch (NoSuchFileException missing) {
            problems.add(0, "", "there is no such file");
        } catch (CharacterCodingException notUtf8) {
            problems.add(0, "", "the file is not UTF-8 text");
        } catch (IOException unreadable) {
            problems.add(0, "", "the file cannot be read: " + unreadable.getMessage());
        }
        return new YamlNode.Mapping(0);
    }

    static YamlNode.Mapping parse(String text, Problems problems) {
        var root = new YamlNode.Mapping(1);
        try {
            new YamlFile(problems).document(text, root);
        } catch (MarkedYamlEngineException wrong) {
            int line = wrong.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            problems.add(line, "", "this is not YAML: " + wrong.getProblem());
        } catch (YamlEngineException wrong) {
            problems.add(0, "", "this is not YAML: " + wrong.getMessage());
        }
        return root;
    }

    private void document(String text, YamlNode.Mapping root) {
        events = new Parse(LoadSettings.builder().build()).parseString(text).iterator();
        int documents = 0;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent) {
                if (++documents > 1) {
                    problems.add(line(event), "", "only one YAML document is read; remove '---'");
                    return;
                }
            } else if (event instanceof MappingStartEvent start) {
                checkPlain(start, "");
                mapping(root, "", 1);
            } else if (event instanceof NodeEvent node) {
                boolean nothing = node instanceof ScalarEvent scalar && isEmpty(scalar);
                if (!nothing) {
                    problems.add(line(node), "", "the file does not start with a key");
                }
                skip(node);
            }
        }
    }

    private void mapping(YamlNode.Mapping into, String path, int depth) {
        while (true) {
            Event event = events.next();
            if (event instanceof MappingEndEvent) {
                return;
            }
            if (!(event instanceof ScalarEvent name) || !isPlain(name)) {
                problems.add(line(event), path, "a key is a plain word");
                skip(event);
                skip(events.next());
                continue;
            }
            value(into, path, name, depth);
        }
    }

    private void value(YamlNode.Mapping into, String path, ScalarEvent name, int depth) {
        String key = Section.key(path, name.getValue());
        Event event = events.next();
        checkPlain((NodeEvent) event, key);
        YamlNode node;
        if (event instanceof ScalarEvent scalar) {
            node = new YamlNode.Scalar(line(name), scalar.getValue(), isEmpty(scalar));
        } else if (event instanceof MappingStartEvent && depth < DEEPEST) {
            var below = new YamlNode.Mapping(line(name));
            mapping(below, key, depth + 1);
            node = below;
        } else {
            node = new YamlNode.Sequence(line(name));
            skip(event);
        }
        if (!(event instanceof AliasEvent)) {
            put(into, path, name.getValue(), node);
        }
    }

    /** Puts a node where its (perhaps dotted) name says, merging mappings. */
    private void put(YamlNode.Mapping into, String path, String name, YamlNode node) {
        int dot = name.indexOf('.');
        if (dot > 0) {
            String first = name.substring(0, dot);
            var between = new YamlNode.Mapping(node.line());
            put(between, Section.key(path, first), name.substring(dot + 1), node);
            put(into, path, first, between);
            return;
        }
        String key = Section.key(path, name);
        YamlNode before = into.children().putIfAbsent(name, node);
        if (before instanceof YamlNode.Mapping old && node instanceof YamlNode.Mapping more) {
            more.children().forEach((child, below) -> put(old, key, child, below));
        } else if (before != null) {
            problems.add(
                    node.line(), key, "%s stands in line %d already".formatted(key, before.line()));
        }
    }

    private void checkPlain(NodeEvent event, String key) {
        String what = key.isEmpty() ? "the file" : key;
        if (event instanceof AliasEvent || event.getAnchor().isPresent()) {
            problems.add(
                    line(event), key, what + " uses a YAML anchor or alias, which is not read");
        } else if (tag(event).isPresent()) {
            problems.add(line(event), key, what + " uses a YAML tag, which is not read");
        }
    }

    private static Optional<String> tag(NodeEvent event) {
        if (event instanceof ScalarEvent scalar) {
            return scalar.getTag();
        }
        return event instanceof CollectionStartEvent start ? start.getTag() : Optional.empty();
    }

    private static boolean isPlain(ScalarEvent name) {
        return name.getAnchor().isEmpty() && name.getTag().isEmpty() && !name.getValue().isBlank();
    }

    private static boolean isEmpty(ScalarEvent scalar) {
        return scalar.isPlain() && scalar.getValue().matches("|~|null|Null|NULL");
    }

    /** Passes over the rest of a node whose first event was taken already. */
    private void skip(Event first) {
        int open = opens(first);
        while (open > 0) {
            open += opens(events.next());
        }
    }

    private static int opens(Event event) {
        if (event instanceof MappingStartEvent || event instanceof SequenceStartEvent) {
            return 1;
        }
        return event instanceof MappingEndEvent || event instanceof SequenceEndEvent ? -1 : 0;
    }

    private static int line(Event event) {
        return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }
}
