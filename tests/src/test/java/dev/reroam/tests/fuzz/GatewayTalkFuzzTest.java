package dev.reroam.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.MapperEffect;
import dev.reroam.portmap.MapperEvent;
import dev.reroam.portmap.UplinkMapper;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.portmap.pcp.PcpNonce;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A whole conversation with a gateway that may say anything at any moment. The bytes are pieces of: what comes (a number),
 * how much later (in units of 10 ms), how long it is (two bytes), and the bytes themselves.
 */
class GatewayTalkFuzzTest {

    private static final IpAddress GATEWAY = IpAddress.parse("192.168.77.1");
    private static final IpAddress OURS = IpAddress.parse("192.168.77.2");
    private static final Endpoint MAPPING = new Endpoint(GATEWAY, 5351);
    private static final Endpoint DISCOVERY = new Endpoint(GATEWAY, 1900);
    private static final int HEADER = 4;

    private UplinkMapper mapper = UplinkMapper.of(GATEWAY, OURS, new PcpNonce(1, 2), true, new Chance(3), 0);
    private long now;
    private long sent;
    private long lastCall;

    @FuzzTest
    void mapperAsksWithinBoundsWhateverItHears(byte[] data) {
        mapper = UplinkMapper.of(GATEWAY, OURS, new PcpNonce(1, 2), true, new Chance(3), 0);
        now = TimeUnit.HOURS.toNanos(1);
        sent = 0;
        lastCall = 0;
        step(new MapperEvent.Want(Set.of(Wanted.udp(51820), Wanted.udp(41641))));
        int pieces = 0;
        for (int at = 0; at + HEADER <= data.length; pieces++) {
            int length = (data[at + 2] & 0xff) << 8 | (data[at + 3] & 0xff);
            int end = Math.min(data.length, at + HEADER + length);
            pass((data[at + 1] & 0xff) * TimeUnit.MILLISECONDS.toNanos(10));
            step(event(data[at] & 0xff, Octets.of(Arrays.copyOfRange(data, at + HEADER, end))));
            at = end;
        }
        // Each piece may set off a question in each protocol for each port, and its repeats.
        assertTrue(sent < 200 + 40L * pieces, sent + " questions for " + pieces + " pieces");
        step(new MapperEvent.Stop());
        pass(TimeUnit.SECONDS.toNanos(3));
        assertTrue(mapper.ended(), "it does not end");
    }

    private MapperEvent event(int kind, Octets bytes) {
        return switch (kind % 8) {
            case 0 -> new MapperEvent.Came(Protocol.PCP, new Stimulus.Datagram(MAPPING, bytes));
            case 1 -> new MapperEvent.Came(Protocol.NAT_PMP, new Stimulus.Datagram(MAPPING, bytes));
            case 2 -> new MapperEvent.Came(Protocol.UPNP, new Stimulus.Datagram(DISCOVERY, bytes));
            case 3 -> new MapperEvent.Came(Protocol.UPNP, new Stimulus.Announcement(DISCOVERY, bytes));
            case 4 -> new MapperEvent.Announced(MAPPING, bytes);
            case 5 ->
                new MapperEvent.Came(
                        Protocol.UPNP,
                        new Stimulus.Answered(
                                lastCall, new HttpAnswer(200, Map.of("SID", "s", "Location", "/b.xml"), bytes)));
            case 6 -> new MapperEvent.Came(Protocol.UPNP, new Stimulus.Notified("s", bytes));
            default ->
                new MapperEvent.Came(
                        Protocol.UPNP,
                        new Stimulus.Answered(lastCall, new HttpAnswer(bytes.length() % 600, Map.of(), bytes)));
        };
    }

    private void pass(long nanos) {
        long until = now + nanos;
        int turns = 0;
        while (mapper.dueAt() <= until && !mapper.ended()) {
            assertTrue(++turns < 1000, "a tight loop");
            now = Math.max(now, mapper.dueAt());
            step(new MapperEvent.Due());
        }
        now = until;
    }

    private void step(MapperEvent event) {
        var step = mapper.step(event, now);
        mapper = step.mapper();
        for (MapperEffect effect : step.effects()) {
            switch (effect) {
                case MapperEffect.Send send -> sent++;
                case MapperEffect.Call call -> {
                    sent++;
                    lastCall = call.call();
                }
                case MapperEffect.Tell tell -> {}
            }
        }
    }
}
