package dev.reroam.config;

import dev.reroam.config.ConfigProblem.Kind;
import dev.reroam.linux.ip.IpAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** TOML text to {@link Config}. One use each. Total: any text gives a configuration or at least one problem. */
final class ConfigParser {

    private final TomlTable root;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final Map<List<String>, Object> values = new LinkedHashMap<>();

    private ConfigParser(TomlTable root) {
        this.root = root;
    }

    static Config parse(Path file, String text) throws BadConfigException {
        var parser = new ConfigParser(toml(file, text));
        parser.walk(parser.root, List.of(), Keys.ALL);
        if (!parser.problems.isEmpty()) {
            throw bad(file, parser.problems);
        }
        return parser.config();
    }

    private static TomlTable toml(Path file, String text) throws BadConfigException {
        TomlParseResult result;
        try {
            result = Toml.parse(text);
        } catch (TomlParseError e) {
            // Most errors are collected, but a bad escape in the name of a section is thrown (tomlj 1.1.1).
            throw bad(file, List.of(syntax(e)));
        } catch (AssertionError e) {
            // The library's own check of a broken escape, where the JVM runs with assertions (tomlj 1.1.1); else it
            // goes on
            // and tells the error that is there all the same.
            throw bad(file, List.of(new ConfigProblem(0, 0, Kind.SYNTAX, "is not TOML: a broken escape in a text")));
        } catch (StackOverflowError e) {
            // The TOML library descends once for every open bracket; nothing of ours was half done by then.
            throw bad(file, List.of(new ConfigProblem(0, 0, Kind.SYNTAX, "is nested too deep")));
        }
        if (result.hasErrors()) {
            throw bad(file, result.errors().stream().map(ConfigParser::syntax).toList());
        }
        return result;
    }

    private static ConfigProblem syntax(TomlParseError error) {
        return at(Optional.of(error.position()), Kind.SYNTAX, String.valueOf(error.getMessage()));
    }

    private static BadConfigException bad(Path file, List<ConfigProblem> problems) {
        return new BadConfigException(
                file,
                problems.stream()
                        .sorted(Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column))
                        .toList());
    }

    /** Takes in one table: {@code fitting} are the keys whose path can begin with {@code path}. */
    private void walk(TomlTable table, List<String> path, List<Keys.Key<?>> fitting) {
        for (String name : table.keySet()) {
            List<String> here = new ArrayList<>(path);
            here.add(name);
            List<Keys.Key<?>> below = fitting.stream()
                    .filter(key -> fits(key.path().get(path.size()), name))
                    .toList();
            Object value = root.get(here);
            if (below.isEmpty()) {
                unknown(here, fitting);
            } else if (value != null && nameTaken(here, below.get(0))) {
                descend(value, here, below);
            }
        }
    }

    private static boolean fits(String element, String name) {
        return element.startsWith("<") || element.equals(name);
    }

    /** Whether the last name of {@code here} may stand where {@code key} has it; else that is a problem by now. */
    private boolean nameTaken(List<String> here, Keys.Key<?> key) {
        String element = key.path().get(here.size() - 1);
        Optional<String> refusal =
                element.startsWith("<") ? Keys.refusal(element, here.get(here.size() - 1)) : Optional.empty();
        refusal.ifPresent(reason -> problem(here, Kind.BAD_VALUE, reason));
        return refusal.isEmpty();
    }

    private void descend(Object value, List<String> here, List<Keys.Key<?>> below) {
        Keys.Key<?> key = below.get(0);
        boolean leaf = key.path().size() == here.size();
        if (!leaf && value instanceof TomlTable section) {
            walk(section, here, below);
        } else if (!leaf) {
            problem(here, Kind.WRONG_TYPE, "'" + Toml.joinKeyPath(here) + "' must be a section");
        } else {
            try {
                values.put(here, key.type().read().read(value));
            } catch (ValueType.Refused e) {
                problem(here, e.kind, "'" + Toml.joinKeyPath(here) + "': " + e.getMessage());
            }
        }
    }

    private void unknown(List<String> here, List<Keys.Key<?>> fitting) {
        int depth = here.size() - 1;
        String name = here.get(depth);
        Set<String> siblings = new LinkedHashSet<>();
        fitting.forEach(key -> siblings.add(key.path().get(depth)));
        String hint = Nearest.to(name, siblings)
                .or(() -> elsewhere(name))
                .map(near -> ", did you mean '" + near + "'?")
                .orElse("");
        problem(here, Kind.UNKNOWN_KEY, "unknown key '" + Toml.joinKeyPath(here) + "'" + hint);
    }

    /** The key of exactly this name in another section, by its whole path. */
    private static Optional<String> elsewhere(String name) {
        return Keys.ALL.stream()
                .filter(key -> key.path().get(key.path().size() - 1).equals(name))
                .map(Keys.Key::name)
                .findFirst();
    }

    private void problem(List<String> here, Kind kind, String message) {
        problems.add(at(Optional.ofNullable(root.inputPositionOf(here)), kind, message));
    }

    private static ConfigProblem at(Optional<TomlPosition> position, Kind kind, String message) {
        return new ConfigProblem(
                position.map(TomlPosition::line).orElse(0),
                position.map(TomlPosition::column).orElse(0),
                kind,
                // The text may hold what the user typed: one problem stays one line.
                message.replaceAll("\\p{Cntrl}", "?"));
    }

    private Config config() {
        Set<String> names = new LinkedHashSet<>();
        values.keySet().stream()
                .filter(path -> path.get(0).equals(Keys.DEVICE_PORT.path().get(0)))
                .forEach(path -> names.add(path.get(1)));
        Map<String, DeviceConfig> devices = new LinkedHashMap<>();
        names.forEach(name -> devices.put(name, device(name)));
        return new Config(
                value(Keys.MODE).orElse(Config.DEFAULT.mode()),
                value(Keys.STEER).orElse(Config.DEFAULT.steer()),
                value(Keys.MTU).orElse(Config.DEFAULT.mtu()),
                value(Keys.LOG).orElse(Config.DEFAULT.log()),
                value(Keys.STATE_DIRECTORY),
                new StunConfig(
                        value(Keys.STUN_SERVERS).orElse(StunConfig.DEFAULT.servers()),
                        value(Keys.STUN_INTERVAL).orElse(StunConfig.DEFAULT.intervalSeconds())),
                new PortmapConfig(
                        value(Keys.PORTMAP_ENABLED).orElse(PortmapConfig.DEFAULT.enabled()),
                        value(Keys.PORTMAP_PORTS).orElse(PortmapConfig.DEFAULT.ports())),
                new TcpConfig(value(Keys.TCP_PROGRAMS).orElse(TcpConfig.DEFAULT.programs())),
                new TailscaleConfig(
                        value(Keys.TAILSCALE_ENABLED).orElse(TailscaleConfig.DEFAULT.enabled()),
                        value(Keys.TAILSCALE_SOCKET)),
                devices);
    }

    private DeviceConfig device(String name) {
        Map<String, IpAddress> probes = new LinkedHashMap<>();
        for (List<String> path : values.keySet()) {
            if (path.size() == Keys.DEVICE_PROBE.path().size() && path.get(1).equals(name)) {
                value(Keys.DEVICE_PROBE, path.get(1), path.get(3)).ifPresent(a -> probes.put(path.get(3), a));
            }
        }
        return new DeviceConfig(
                value(Keys.DEVICE_ENABLED, name).orElse(DeviceConfig.DEFAULT.enabled()),
                value(Keys.DEVICE_PORT, name).orElse(DeviceConfig.DEFAULT.port()),
                value(Keys.DEVICE_RESTART, name),
                probes);
    }

    /** The value of a key, its placeholders filled with {@code names} in order. */
    @SuppressWarnings("unchecked") // What stands at a key's path was read by that key's own type.
    private <T> Optional<T> value(Keys.Key<T> key, String... names) {
        List<String> path = new ArrayList<>();
        int used = 0;
        for (String element : key.path()) {
            path.add(element.startsWith("<") ? names[used++] : element);
        }
        return Optional.ofNullable((T) values.get(path));
    }
}
