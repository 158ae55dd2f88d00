package dev.reroam.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The clock of a connection, with the time in our hands. */
class ConnectionTest {

    private final FakeApi api = new FakeApi();

    @Test
    void hangsUpOnAClientThatAsksNothing() {
        EmbeddedChannel channel = channel();
        pass(channel, Connection.PATIENCE_SECONDS - 1);
        assertTrue(channel.isOpen());
        pass(channel, 2);
        assertFalse(channel.isOpen());
    }

    @Test
    void leavesAStreamOfEventsOpenForAsLongAsItIsRead() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/api/v1/events"));
        pass(channel, 100_000);
        assertTrue(channel.isOpen());
        assertEquals(1, api.listeners());
        channel.close();
        assertEquals(0, api.listeners());
    }

    @Test
    void hangsUpAfterItsAnswer() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/api/v1/incidents"));
        assertNotNull(channel.readOutbound());
        assertFalse(channel.isOpen());
        channel.finishAndReleaseAll();
    }

    @Test
    void answersWhenTheUplinksHaveBeenLookedAt() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/api/v1/netcheck"));
        pass(channel, 3);
        assertNull(channel.readOutbound());
        assertTrue(channel.isOpen());
        api.checking().complete("{\"uplinks\":[]}");
        FullHttpResponse response = channel.readOutbound();
        assertEquals(200, response.status().code());
        assertEquals("{\"uplinks\":[]}\n", response.content().toString(StandardCharsets.UTF_8));
        assertFalse(channel.isOpen());
        channel.finishAndReleaseAll();
    }

    @Test
    void looksAtTheUplinksForOneAtATime() {
        channel().writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/api/v1/netcheck"));
        EmbeddedChannel second = channel();
        second.writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/api/v1/netcheck"));
        FullHttpResponse response = second.readOutbound();
        assertEquals(409, response.status().code());
        second.finishAndReleaseAll();
    }

    @Test
    void saysThatLookingAtTheUplinksFailed() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/api/v1/netcheck"));
        api.checking().completeExceptionally(new IllegalStateException("broken"));
        FullHttpResponse response = channel.readOutbound();
        assertEquals(500, response.status().code());
        channel.finishAndReleaseAll();
    }

    private EmbeddedChannel channel() {
        var channel = new EmbeddedChannel();
        channel.freezeTime();
        channel.pipeline().addLast(new Connection(api, new Connection.Readers()));
        // Handlers added after registration are not told that the channel is active.
        channel.pipeline().fireChannelActive();
        return channel;
    }

    private static void pass(EmbeddedChannel channel, long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }
}
