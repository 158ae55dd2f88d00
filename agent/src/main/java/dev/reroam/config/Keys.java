package dev.reroam.config;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.stun.StunServer;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Every key that the configuration file may have. Stateless; the one list that everything else about keys is made from. */
final class Keys {

    /** A path element that stands for a name of the user's: a device's. */
    static final String DEVICE = "<device>";
    /** A path element that stands for a peer's public key. */
    static final String PEER = "<public key>";

    static final Key<Mode> MODE = new Key<>(
            List.of("mode"),
            ValueType.oneOf(Mode.class),
            "\"repair\"",
            "`observe` changes nothing, sends nothing into a tunnel, maps no port, and says what it would have done; only"
                    + " what an earlier agent left changed it takes back");
    static final Key<SteerPolicy> STEER = new Key<>(
            List.of("steer"),
            ValueType.oneOf(SteerPolicy.class),
            "\"auto\"",
            "whether a tunnel may leave a dead uplink by a rule of ours: `auto` where neither mwan3 nor pbr decides, `always`,"
                    + " `never`; the packets of tailscaled itself, of which those decide nothing, but with `never`");
    static final Key<MtuPolicy> MTU = new Key<>(
            List.of("mtu"),
            ValueType.oneOf(MtuPolicy.class),
            "\"report\"",
            "what becomes of a device's MTU that is too large for the uplink which a tunnel has come to (PPPoE, LTE): `report`"
                    + " says so, `clamp` lowers it as long as the tunnel is there, to 1280 at the least. Seen by a STUN server that"
                    + " answers there");
    static final Key<LogLevel> LOG = new Key<>(
            List.of("log"), ValueType.oneOf(LogLevel.class), "\"info\"", "the least important entry that is logged");
    static final Key<Path> STATE_DIRECTORY = new Key<>(
            List.of("state_directory"),
            ValueType.ABSOLUTE_PATH,
            "`/var/lib/reroam`",
            "where the ledger and the incidents are; in another network namespace than the host's, `net-INODE` below the"
                    + " usual place");
    static final Key<List<StunServer>> STUN_SERVERS = new Key<>(
            List.of("stun", "servers"),
            ValueType.listOf(ValueType.STUN_SERVER, StunConfig.MOST_SERVERS),
            "public ones",
            "who is asked how the world sees each uplink; they learn its public address, and that it is asked. `[]`: nobody");
    static final Key<Integer> STUN_INTERVAL = new Key<>(
            List.of("stun", "interval_seconds"),
            ValueType.number(
                    "0 or " + StunConfig.SHORTEST_SECONDS + " to " + StunConfig.LONGEST_SECONDS,
                    StunConfig::isInterval),
            Integer.toString(StunConfig.DEFAULT.intervalSeconds()),
            "how often that is asked over each uplink; 0: never, and a WAN that changes behind another router goes unseen");
    static final Key<Boolean> PORTMAP_ENABLED = new Key<>(
            List.of("portmap", "enabled"),
            ValueType.BOOLEAN,
            "true",
            "`false` asks no gateway for a way in; else each WireGuard listen port is mapped at every uplink's gateway");
    static final Key<List<Integer>> PORTMAP_PORTS = new Key<>(
            List.of("portmap", "ports"),
            ValueType.listOf(ValueType.number("1 to 65535", PortmapConfig::isPort), PortmapConfig.MOST_PORTS),
            "none",
            "UDP ports that are mapped besides");
    static final Key<List<String>> TCP_PROGRAMS = new Key<>(
            List.of("tcp", "programs"),
            ValueType.listOf(ValueType.PROGRAM, TcpConfig.MOST_PROGRAMS),
            "`tailscaled`, `cloudflared`, `netbird`, `zerotier-one`",
            "whose TCP connections are ended when the uplink that they use is gone, so that they are made anew at once; by the"
                    + " name of the process or of its file. `[]`: nobody's");
    static final Key<Boolean> TAILSCALE_ENABLED = new Key<>(
            List.of("tailscale", "enabled"),
            ValueType.BOOLEAN,
            "true",
            "`false` leaves tailscaled alone; it is not even asked how it is");
    static final Key<Path> TAILSCALE_SOCKET = new Key<>(
            List.of("tailscale", "socket"),
            ValueType.ABSOLUTE_PATH,
            "found",
            "where tailscaled listens, as that of a container whose socket is mounted here. `found`: in the usual places of"
                    + " Linux, OpenWrt, DSM and QTS");
    static final Key<Boolean> DEVICE_ENABLED = new Key<>(
            List.of("devices", DEVICE, "enabled"),
            ValueType.BOOLEAN,
            "true",
            "`false` leaves the device and its tunnels alone; they are not even read");
    static final Key<PortPolicy> DEVICE_PORT = new Key<>(
            List.of("devices", DEVICE, "port"),
            ValueType.oneOf(PortPolicy.class),
            "\"auto\"",
            "may a repair change the listen port? `auto`: only where nothing depends on it");
    static final Key<Restart> DEVICE_RESTART = new Key<>(
            List.of("devices", DEVICE, "restart"),
            ValueType.RESTART,
            "nobody",
            "who restarts the device, once an incident, where nothing else has helped and none of its tunnels carries; without"
                    + " it a person is asked at once");
    static final Key<IpAddress> DEVICE_PROBE = new Key<>(
            List.of("devices", DEVICE, "probe", PEER),
            ValueType.ADDRESS,
            "found",
            "an address inside the tunnel that answers echo requests, for the peer of this public key. `found`: the first /32"
                    + " or /128 of its allowed IPs, else one that it was seen to send from");

    /** All keys, in the order in which people should read them. */
    static final List<Key<?>> ALL = List.of(
            MODE,
            STEER,
            MTU,
            LOG,
            STATE_DIRECTORY,
            STUN_SERVERS,
            STUN_INTERVAL,
            PORTMAP_ENABLED,
            PORTMAP_PORTS,
            TCP_PROGRAMS,
            TAILSCALE_ENABLED,
            TAILSCALE_SOCKET,
            DEVICE_ENABLED,
            DEVICE_PORT,
            DEVICE_RESTART,
            DEVICE_PROBE);

    private static final int KEY_BYTES = 32;

    private Keys() {}

    /**
     * One key. Immutable.
     *
     * @param path its elements; one in angle brackets stands for a name of the user's
     * @param fallback what holds without it, for people
     * @param meaning one line of Markdown
     */
    record Key<T>(List<String> path, ValueType<T> type, String fallback, String meaning) {
        public Key {
            path = List.copyOf(path);
        }

        /** The dotted name, {@code devices.<device>.port}. */
        String name() {
            return String.join(".", path);
        }
    }

    /** The README's table, in Markdown, one line for each key. */
    static String table() {
        var table = new StringBuilder("| key | value | default | what it does |\n|---|---|---|---|\n");
        for (Key<?> key : ALL) {
            table.append("| `")
                    .append(key.name())
                    .append("` | ")
                    .append(key.type().words());
            table.append(" | ").append(key.fallback()).append(" | ");
            table.append(key.meaning()).append(" |\n");
        }
        return table.toString();
    }

    /** Why a name of the user's cannot stand for this path element; empty when it can. */
    static Optional<String> refusal(String element, String name) {
        return element.equals(DEVICE) ? refuseDevice(name) : refusePeer(name);
    }

    // net/core/dev.c dev_valid_name: IFNAMSIZ with its end is 16, no dot names, no slash, colon or space.
    private static Optional<String> refuseDevice(String name) {
        boolean valid = !name.isEmpty()
                && name.length() < 16
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().allMatch(c -> c > ' ' && c < 127 && c != '/' && c != ':');
        return valid ? Optional.empty() : Optional.of("'" + name + "' cannot be the name of an interface");
    }

    private static Optional<String> refusePeer(String name) {
        try {
            byte[] key = Base64.getDecoder().decode(name);
            // A key has one spelling; another (no padding, stray low bits) would never match the device's.
            if (key.length == KEY_BYTES
                    && Base64.getEncoder().encodeToString(key).equals(name)) {
                return Optional.empty();
            }
        } catch (IllegalArgumentException e) {
            // Not base64 at all: the answer below says all there is to say.
        }
        return Optional.of("'" + name + "' is not a public key: 32 bytes in base64 have 44 characters");
    }
}
