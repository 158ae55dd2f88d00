package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Many routes of a router that cover none of its tunnels' endpoints, in the main table and in four that marks select; every
 * tenth is IPv6, every sixteenth leads nowhere. Immutable; the same seed gives the same routes.
 */
public final class RouteFlood {

    /** Marks 1 to this each select a table of their own. */
    public static final int MARKS = 4;

    private static final int FIRST_TABLE = 200;
    private static final int FIRST_PREFERENCE = 3000;
    private static final int V6_EVERY = 10;
    private static final int NOWHERE_EVERY = 16;
    private static final List<String> NOWHERE = List.of("blackhole", "unreachable", "prohibit");
    // 20.0.0.0 to 99.255.255.255 and 2600::/8: nothing of the lab lies there.
    private static final int FIRST_OCTET = 20;
    private static final int OCTETS = 80;
    private static final long V6_START = 0x2600_0000_0000_0000L;

    private final List<Entry> entries;

    private record Entry(IpPrefix destination, int mark, String type, int uplink) {

        String line(String verb, Topology net) {
            var way = type.isEmpty()
                    ? fill(
                            " via %s dev %s",
                            net.uplink(uplink).gateway(destination.family()),
                            net.uplink(uplink).device())
                    : "";
            var table = mark == 0 ? "" : " table " + (FIRST_TABLE + mark);
            // What leads nowhere does not say its family by a gateway.
            return fill("route %s %s %s%s%s", verb, type, destination, way, table);
        }
    }

    private RouteFlood(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** So many routes, no two of one destination. */
    public static RouteFlood of(int routes, long seed) {
        var random = new SplittableRandom(seed);
        var taken = new HashSet<IpPrefix>();
        var entries = new ArrayList<Entry>(routes);
        while (entries.size() < routes) {
            var destination = entries.size() % V6_EVERY == 0 ? v6(random) : v4(random);
            if (taken.add(destination)) {
                boolean nowhere = random.nextInt(NOWHERE_EVERY) == 0;
                entries.add(new Entry(
                        destination,
                        random.nextInt(MARKS + 1),
                        nowhere ? NOWHERE.get(random.nextInt(NOWHERE.size())) : "",
                        1 + random.nextInt(2)));
            }
        }
        return new RouteFlood(entries);
    }

    private static IpPrefix v4(SplittableRandom random) {
        long address = (long) (FIRST_OCTET + random.nextInt(OCTETS)) << 24 | random.nextInt(1 << 24);
        return new IpPrefix(new IpAddress(IpFamily.V4, 0, address), random.nextInt(14, 31));
    }

    private static IpPrefix v6(SplittableRandom random) {
        return new IpPrefix(new IpAddress(IpFamily.V6, V6_START | random.nextLong() >>> 8, 0), random.nextInt(24, 65));
    }

    /** The routes from one number to before another. */
    public RouteFlood part(int from, int to) {
        return new RouteFlood(entries.subList(from, to));
    }

    /** How many routes. */
    public int size() {
        return entries.size();
    }

    /** An address that one of the routes covers. */
    public IpAddress within(SplittableRandom random) {
        var prefix = entries.get(random.nextInt(entries.size())).destination();
        var address = prefix.address();
        // Any host of it: what is left of the prefix is filled with chance.
        return switch (address.family()) {
            case V4 ->
                new IpAddress(
                        IpFamily.V4, 0, address.low() | random.nextLong(1L << (IpFamily.V4.bits() - prefix.length())));
            case V6 -> new IpAddress(IpFamily.V6, address.high(), random.nextLong());
        };
    }

    /** An address of the same ranges, which a route may cover. */
    public static IpAddress anywhere(SplittableRandom random) {
        return (random.nextInt(V6_EVERY) == 0 ? v6(random) : v4(random)).address();
    }

    /** Makes the rules by which marks select their tables. */
    public static void select(Topology net) {
        for (var family : IpFamily.values()) {
            for (int mark = 1; mark <= MARKS; mark++) {
                net.router()
                        .ip(family)
                        .settled(fill(
                                "rule add preference %d fwmark %d lookup %d",
                                FIRST_PREFERENCE + mark, mark, FIRST_TABLE + mark));
            }
        }
    }

    /** A file of lines for {@code ip -batch} that add the routes, removed with the network. */
    public Path adding(Topology net) {
        return file(net, "add");
    }

    /** A file of lines that remove them. */
    public Path removing(Topology net) {
        return file(net, "delete");
    }

    private Path file(Topology net, String verb) {
        var file = net.belongings().scratch(fill("%s-%d-%d", verb, entries.size(), entries.hashCode()));
        // All at once they would take more than the shipped heap, in which this runs, too.
        try (var out = Files.newBufferedWriter(file)) {
            for (Entry entry : entries) {
                out.write(entry.line(verb, net));
                out.write('\n');
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
