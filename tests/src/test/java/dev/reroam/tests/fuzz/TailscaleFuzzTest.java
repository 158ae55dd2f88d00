package dev.reroam.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.reroam.tunnel.tailscale.NodePrefs;
import dev.reroam.tunnel.tailscale.NodeStatus;
import dev.reroam.tunnel.tailscale.NoticeReader;
import dev.reroam.tunnel.tailscale.PingReader;
import dev.reroam.tunnel.tailscale.PrefsReader;
import dev.reroam.tunnel.tailscale.StatusReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;

/** What tailscaled answers, or whoever has its socket: it is read, within bounds, or refused as no JSON of its kind. */
class TailscaleFuzzTest {

    /** Longer words are cut. */
    private static final int LONGEST = 300;

    private static String text(byte[] data) {
        return new String(data, StandardCharsets.UTF_8);
    }

    @FuzzTest
    void statusIsRefusedOrBounded(byte[] data) {
        NodeStatus status;
        try {
            status = StatusReader.read(new StringReader(text(data)));
        } catch (IOException refused) {
            assertSays(refused);
            return;
        }
        assertTrue(status.peers().size() <= NodeStatus.MOST_PEERS);
        assertTrue(status.version().length() <= LONGEST);
        assertTrue(status.health().stream().allMatch(trouble -> trouble.length() <= LONGEST));
        status.self().ifPresent(self -> assertTrue(self.endpoints().size() <= NodeStatus.Self.MOST_ENDPOINTS));
        for (var peer : status.peers()) {
            assertTrue(peer.name().length() <= LONGEST);
            peer.handshakeAt().ifPresent(at -> assertTrue(at.getEpochSecond() >= 0));
        }
    }

    @FuzzTest
    void preferencesAreRefusedOrBounded(byte[] data) {
        try {
            NodePrefs prefs = PrefsReader.read(new StringReader(text(data)));
            assertTrue(prefs.routes().size() <= NodePrefs.MOST_ROUTES);
            assertTrue(prefs.routes().stream().allMatch(route -> route.length() <= LONGEST));
        } catch (IOException refused) {
            assertSays(refused);
        }
    }

    @FuzzTest
    void noticeIsRefusedOrBounded(byte[] data) {
        try {
            var notice = NoticeReader.read(text(data));
            notice.warnings().ifPresent(warnings -> assertTrue(warnings.size() <= 50));
        } catch (IOException refused) {
            assertSays(refused);
        }
    }

    @FuzzTest
    void pongIsRefusedOrTookSomeTime(byte[] data) {
        try {
            PingReader.read(new StringReader(text(data))).ifPresent(pong -> assertTrue(pong.roundTripNanos() >= 0));
        } catch (IOException refused) {
            assertSays(refused);
        }
    }

    private static void assertSays(IOException refused) {
        assertFalse(String.valueOf(refused.getMessage()).isBlank());
    }
}
