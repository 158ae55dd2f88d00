package dev.reroam;

import io.netty.util.internal.logging.InternalLogLevel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * What Netty warns of goes into the one log, a line each and without stacks; what it says below that is left out. Any thread.
 *
 * <p>Netty lists the network interfaces when its classes are loaded, and warns where none has an address, as in a namespace
 * of which only the loopback interface is there and down. We never ask it for them: that is not worth a word.
 */
final class NettyLog extends InternalLoggerFactory {

    private static final String LISTS_INTERFACES = "io.netty.util.NetUtil";

    /** To be called before any other class of Netty is touched. */
    static void begin() {
        InternalLoggerFactory.setDefaultFactory(new NettyLog());
    }

    @Override
    protected InternalLogger newInstance(String name) {
        return (InternalLogger) Proxy.newProxyInstance(
                NettyLog.class.getClassLoader(),
                new Class<?>[] {InternalLogger.class},
                (proxy, method, words) -> called(name, method, words == null ? new Object[0] : words));
    }

    // Null for the methods that answer nothing: that is what a proxy returns for them.
    private static @Nullable Object called(String name, Method method, Object[] words) {
        boolean levelFirst = words.length > 0 && words[0] instanceof InternalLogLevel;
        var level = levelFirst ? Optional.of((InternalLogLevel) words[0]) : level(method.getName());
        boolean heard = level.filter(is -> isHeard(name, is)).isPresent();
        return switch (method.getName()) {
            case "name", "toString" -> name;
            case "hashCode" -> name.hashCode();
            // Netty compares none; each is only itself by its name.
            case "equals" -> false;
            default -> {
                if (method.getReturnType() == boolean.class) {
                    yield heard;
                }
                if (heard) {
                    var said = levelFirst ? Arrays.copyOfRange(words, 1, words.length) : words;
                    say(level.orElseThrow(), said);
                }
                yield null;
            }
        };
    }

    private static boolean isHeard(String name, InternalLogLevel level) {
        return level.compareTo(InternalLogLevel.WARN) >= 0 && !name.startsWith(LISTS_INTERFACES);
    }

    /** {@code warn} and {@code isWarnEnabled} are of a level; {@code name} is of none. */
    private static Optional<InternalLogLevel> level(String method) {
        return Arrays.stream(InternalLogLevel.values())
                .filter(level -> method.equalsIgnoreCase(level.name())
                        || method.equalsIgnoreCase("is" + level.name() + "Enabled"))
                .findFirst();
    }

    private static void say(InternalLogLevel level, Object[] said) {
        String text = said.length > 0 ? String.valueOf(said[0]) : "";
        Object[] rest = said.length > 1 ? Arrays.copyOfRange(said, 1, said.length) : new Object[0];
        Object[] filling = rest.length == 1 && rest[0] instanceof Object[] several ? several : rest;
        if (level == InternalLogLevel.ERROR) {
            Logger.error("netty: " + text, filling);
        } else {
            Logger.warn("netty: " + text, filling);
        }
    }
}
