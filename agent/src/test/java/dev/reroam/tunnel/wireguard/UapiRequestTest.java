package dev.reroam.tunnel.wireguard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardNudge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UapiRequestTest {

    private static final WireGuardKey KEY = new WireGuardKey(1, 2, 3, 4);

    @Test
    void nudgesAPeerWithKeepaliveInOneBlock() {
        var nudge = new WireGuardNudge(KEY, Optional.of(Endpoint.parse("192.0.2.1:51820")), 17);
        assertEquals("""
                set=1
                public_key=0000000000000001000000000000000200000000000000030000000000000004
                update_only=true
                endpoint=192.0.2.1:51820
                persistent_keepalive_interval=0
                persistent_keepalive_interval=17

                """, UapiRequest.nudge(List.of(nudge)).getFirst().toString());
    }

    @Test
    void nudgesAPeerWithoutKeepaliveInTwoBlocks() {
        var nudge = new WireGuardNudge(KEY, Optional.of(Endpoint.parse("[2001:db8::1]:51820")), 0);
        assertEquals("""
                set=1
                public_key=0000000000000001000000000000000200000000000000030000000000000004
                update_only=true
                endpoint=[2001:db8::1]:51820
                persistent_keepalive_interval=0
                persistent_keepalive_interval=25
                public_key=0000000000000001000000000000000200000000000000030000000000000004
                update_only=true
                persistent_keepalive_interval=0

                """, UapiRequest.nudge(List.of(nudge)).getFirst().toString());
    }

    @Test
    void setsAnEndpointAndNothingElse() {
        assertEquals(
                """
                set=1
                public_key=0000000000000001000000000000000200000000000000030000000000000004
                update_only=true
                endpoint=[2001:db8::1]:51820

                """,
                UapiRequest.endpoint(KEY, Endpoint.parse("[2001:db8::1]:51820")).toString());
    }

    @Test
    void leavesOutAnEndpointThatIsNotKnown() {
        var text = UapiRequest.nudge(List.of(new WireGuardNudge(KEY, Optional.empty(), 25)))
                .getFirst()
                .toString();
        assertTrue(!text.contains("endpoint"));
    }

    @Test
    void splitsBetweenPeersWhereOneRequestWouldBeTooLong() {
        var nudges = new ArrayList<WireGuardNudge>();
        for (int i = 0; i < 1000; i++) {
            var endpoint =
                    Endpoint.parse("[2001:db8:1111:2222:3333:4444:5555:" + Integer.toHexString(0x1000 + i) + "]:51820");
            nudges.add(new WireGuardNudge(new WireGuardKey(0, 0, 0, i), Optional.of(endpoint), i % 2 * 25));
        }
        var requests = UapiRequest.nudge(nudges);
        var blocks = new ArrayList<String>();
        for (var request : requests) {
            var text = request.toString();
            assertTrue(text.length() <= UapiRequest.MAX_LENGTH);
            assertTrue(text.startsWith("set=1\npublic_key=") && text.endsWith("\n\n"));
            blocks.addAll(Arrays.stream(text.split("public_key="))
                    .skip(1)
                    .map(block -> block.substring(0, 64))
                    .distinct()
                    .toList());
        }
        // A peer that were split would be named in two requests.
        assertEquals(nudges.stream().map(n -> n.publicKey().hex()).toList(), blocks);
        assertTrue(requests.size() < 15);
    }

    @Test
    void setsThePort() {
        assertEquals("set=1\nlisten_port=0\n\n", UapiRequest.listenPort(0).toString());
        assertThrows(IllegalArgumentException.class, () -> UapiRequest.listenPort(65536));
    }
}
