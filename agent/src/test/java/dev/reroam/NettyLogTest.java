package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.internal.logging.InternalLogLevel;
import io.netty.util.internal.logging.InternalLogger;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class NettyLogTest {

    private static String said(String logger, Consumer<InternalLogger> what) {
        var before = System.err;
        var bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            what.accept(new NettyLog().newInstance(logger));
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void writesAWarningAsOneLineWithoutAStack() {
        String line = said("io.netty.channel.X", log -> log.warn("Failed to {}", "close", new SocketException("no")));
        assertTrue(line.endsWith("netty: Failed to close\n") && line.lines().count() == 1, line);
        assertTrue(said("io.netty.channel.X", log -> log.log(InternalLogLevel.ERROR, "lost {} of {}", 1, 2))
                .endsWith("netty: lost 1 of 2\n"));
        assertTrue(
                said("io.netty.channel.X", log -> log.warn("{} {} {}", 1, 2, 3)).endsWith("netty: 1 2 3\n"));
    }

    @Test
    void saysNothingBelowAWarning() {
        assertEquals("", said("io.netty.channel.X", log -> log.info("epoll is here")));
        assertFalse(new NettyLog().newInstance("x").isDebugEnabled());
        assertTrue(new NettyLog().newInstance("x").isWarnEnabled());
        assertEquals("x", new NettyLog().newInstance("x").name());
    }

    // In a namespace without an address.
    @Test
    void saysNothingOfInterfacesThatNobodyAskedFor() {
        var problem = new SocketException("No network interfaces configured");
        assertEquals(
                "",
                said(
                        "io.netty.util.NetUtilInitializations",
                        log -> log.warn("Failed to retrieve the list of available network interfaces", problem)));
        assertEquals("", said("io.netty.util.NetUtil", log -> log.warn("Failed to find the loopback interface")));
    }
}
