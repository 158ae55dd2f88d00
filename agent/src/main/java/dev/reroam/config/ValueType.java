package dev.reroam.config;

import dev.reroam.config.ConfigProblem.Kind;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.stun.StunServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.tomlj.TomlArray;

/**
 * What a key's value can be, and how it is read. Immutable.
 *
 * @param words for people: {@code true or false}, {@code "a" or "b"}
 * @param read from what TOML gave (String, Boolean, Long, ...)
 */
record ValueType<T>(String words, Reading<T> read) {

    /** Reads one TOML value. */
    interface Reading<T> {
        /** The value, or why it is none. */
        T read(Object toml) throws Refused;
    }

    /** A value that cannot be used. */
    static final class Refused extends Exception {
        final transient Kind kind;

        Refused(Kind kind, String message) {
            super(message);
            this.kind = kind;
        }
    }

    static final ValueType<Boolean> BOOLEAN = new ValueType<>("true or false", toml -> {
        if (toml instanceof Boolean value) {
            return value;
        }
        throw wrongType("true or false", toml);
    });

    static final ValueType<IpAddress> ADDRESS = text("an IP address", text -> {
        IpAddress address = IpAddress.parse(text);
        if (address.isAny()) {
            throw new IllegalArgumentException("no single host: '" + text + "'");
        }
        return address;
    });

    static final ValueType<Path> ABSOLUTE_PATH = text("an absolute path", text -> {
        Path path = Path.of(text);
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("not an absolute path: '" + text + "'");
        }
        return path;
    });

    static final ValueType<String> PROGRAM = text("\"program\"", text -> {
        if (!TcpConfig.isName(text)) {
            throw new IllegalArgumentException("'" + text + "' cannot be the name of a program");
        }
        return text;
    });

    static final ValueType<Restart> RESTART = text(Restart.WORDS, Restart::parse);

    static final ValueType<StunServer> STUN_SERVER = text("\"host\" or \"host:port\"", text -> {
        var server = StunServer.parse(text);
        if (server.host().indexOf(':') < 0 && !server.host().matches("[A-Za-z0-9._-]{1,253}")) {
            throw new IllegalArgumentException("no host: '" + text + "'");
        }
        return server;
    });

    /** A whole number that fits. */
    static ValueType<Integer> number(String words, LongPredicate fits) {
        return new ValueType<>(words, toml -> {
            if (!(toml instanceof Long number)) {
                throw wrongType(words, toml);
            }
            if (!fits.test(number)) {
                throw new Refused(Kind.BAD_VALUE, number + " is not " + words);
            }
            return number.intValue();
        });
    }

    /** A list; its first bad element is what is wrong with it. */
    static <T> ValueType<List<T>> listOf(ValueType<T> element, int most) {
        String words = "a list of " + element.words();
        return new ValueType<>(words, toml -> {
            if (!(toml instanceof TomlArray array)) {
                throw wrongType(words, toml);
            }
            if (array.size() > most) {
                throw new Refused(Kind.BAD_VALUE, "has more than " + most + " entries");
            }
            var values = new ArrayList<T>();
            for (Object one : array.toList()) {
                values.add(element.read().read(one));
            }
            return List.copyOf(values);
        });
    }

    /** One of an enum's constants, in lower case. */
    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type) {
        E[] constants = type.getEnumConstants();
        List<String> words = Arrays.stream(constants)
                .map(c -> c.name().toLowerCase(Locale.ROOT))
                .toList();
        String quoted = "\"" + String.join("\", \"", words) + "\"";
        int last = quoted.lastIndexOf(", ");
        String described = quoted.substring(0, last) + " or " + quoted.substring(last + 2);
        return text(described, text -> {
            int index = words.indexOf(text);
            if (index < 0) {
                String near = Nearest.to(text, words)
                        .map(w -> "; did you mean \"" + w + "\"?")
                        .orElse("");
                throw new IllegalArgumentException("'" + text + "' is not " + described + near);
            }
            return constants[index];
        });
    }

    private static <T> ValueType<T> text(String words, Function<String, T> parse) {
        return new ValueType<>(words, toml -> {
            if (!(toml instanceof String text)) {
                throw wrongType(words, toml);
            }
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                throw new Refused(Kind.BAD_VALUE, String.valueOf(e.getMessage()));
            }
        });
    }

    private static Refused wrongType(String wanted, Object toml) {
        String found = switch (toml) {
            case String text -> "the text '" + text + "'";
            case Boolean truth -> "the boolean " + truth;
            case Long number -> "the number " + number;
            case Double number -> "the number " + number;
            case TomlArray array -> "a list";
            case org.tomlj.TomlTable table -> "a section";
            default -> "the date or time " + toml;
        };
        return new Refused(Kind.WRONG_TYPE, "must be " + wanted + ", not " + found);
    }
}
