package dev.reroam.linux.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.Fuzz;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What is written is read again as it was, in either byte order. */
class RouteRoundTripTest {

    private static final int ROUNDS = 5_000;
    private static final List<ByteOrder> ORDERS = List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN);

    private final Random random = Fuzz.random();

    private static ByteBuffer rule(Rule rule, ByteOrder order) {
        var buffer = ByteBuffer.allocate(256).order(order);
        RuleCodec.encode(rule, new AttributeWriter(buffer));
        return buffer.flip();
    }

    private static ByteBuffer route(Route route, ByteOrder order) {
        var buffer = ByteBuffer.allocate(256).order(order);
        RouteCodec.encode(route, new AttributeWriter(buffer));
        return buffer.flip();
    }

    @Test
    void rules() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            var rule = randomRule(random.nextBoolean() ? IpFamily.V4 : IpFamily.V6);
            for (var order : ORDERS) {
                assertEquals(Optional.of(rule), RuleCodec.decode(rule(rule, order)));
            }
        }
    }

    @Test
    void routes() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            var route = randomRoute(random.nextBoolean() ? IpFamily.V4 : IpFamily.V6);
            for (var order : ORDERS) {
                assertEquals(Optional.of(route), RouteCodec.decode(route(route, order)));
            }
        }
    }

    /** Whatever is read as a rule can be written, and is then read as the same. */
    @Test
    void damagedRules() {
        int read = 0;
        for (int i = 0; i < ROUNDS; i++) {
            var written = rule(randomRule(IpFamily.V4), ByteOrder.nativeOrder());
            var bytes = new byte[written.remaining()];
            written.get(bytes);
            var damaged = ByteBuffer.wrap(Fuzz.damaged(random, bytes)).order(ByteOrder.nativeOrder());
            try {
                var rule = RuleCodec.decode(damaged);
                if (rule.isPresent()) {
                    read++;
                    assertEquals(rule, RuleCodec.decode(rule(rule.get(), ByteOrder.nativeOrder())));
                }
            } catch (MalformedMessageException expected) {
                // The typed error.
            }
        }
        assertTrue(read > 100, "some are read: " + read);
    }

    @Test
    void severalHopsAreRefused() {
        var hop = new Hop(1, Optional.empty(), 1, 0);
        var route = new Route(
                IpPrefix.all(IpFamily.V4),
                254,
                RouteType.UNICAST,
                Optional.empty(),
                0,
                0,
                RouteProtocol.STATIC,
                0,
                Optional.empty(),
                List.of(hop, hop),
                OptionalInt.empty(),
                0,
                0);
        assertThrows(IllegalArgumentException.class, () -> route(route, ByteOrder.nativeOrder()));
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }

    private OptionalInt maybeInt(int bound) {
        return random.nextBoolean() ? OptionalInt.of(random.nextInt(bound)) : OptionalInt.empty();
    }

    private IpAddress address(IpFamily family) {
        byte[] bytes = new byte[family.bytes()];
        random.nextBytes(bytes);
        return IpAddress.of(bytes);
    }

    private IpPrefix prefix(IpFamily family) {
        return new IpPrefix(address(family), 1 + random.nextInt(family.bits()));
    }

    private Rule.Range range(int bound) {
        return new Rule.Range(random.nextInt(bound), random.nextInt(bound));
    }

    private Rule randomRule(IpFamily family) {
        return new Rule(
                family,
                Integer.toUnsignedLong(random.nextInt()),
                new RuleAction(random.nextInt(256)),
                random.nextInt(),
                random.nextBoolean(),
                maybe(() -> prefix(family)),
                maybe(() -> prefix(family)),
                maybe(() -> new Rule.MarkCondition(random.nextInt(), 1 + random.nextInt(99))),
                maybe(() -> "in" + random.nextInt(1000)),
                maybe(() -> "out" + random.nextInt(1000)),
                random.nextInt(256),
                maybeInt(256),
                maybe(() -> range(0x10000)),
                maybe(() -> range(0x10000)),
                maybe(() -> new Rule.Range(0, Integer.toUnsignedLong(random.nextInt()))),
                random.nextBoolean() ? OptionalLong.of(Integer.toUnsignedLong(random.nextInt())) : OptionalLong.empty(),
                maybeInt(128),
                maybeInt(1000),
                random.nextBoolean(),
                new RouteProtocol(random.nextInt(256)));
    }

    private Route randomRoute(IpFamily family) {
        var gateway = random.nextBoolean() && family == IpFamily.V4
                ? maybe(() -> address(IpFamily.V6))
                : maybe(() -> address(family));
        var hop = Hop.onLink(1 + random.nextInt(1000), gateway);
        return new Route(
                random.nextBoolean() ? IpPrefix.all(family) : prefix(family),
                random.nextInt(),
                new RouteType(random.nextInt(12)),
                maybe(() -> prefix(family)),
                random.nextInt(256),
                random.nextInt(256),
                new RouteProtocol(random.nextInt(256)),
                Integer.toUnsignedLong(random.nextInt()),
                maybe(() -> address(family)),
                List.of(hop),
                OptionalInt.empty(),
                random.nextInt(3) * 1000,
                hop.flags());
    }
}
