package dev.reroam.tests.integration.wireguard;

import java.util.Base64;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A configuration for {@code wg setconf} with 1,000 peers, one of them with more allowed IPs than a message holds. */
final class ManyPeers {

    static final int COUNT = 1000;
    /** Index of the peer with {@value #PREFIXES} allowed IPs. */
    static final int WIDE = 500;

    static final int PREFIXES = 3000;

    private ManyPeers() {}

    /** @param random draws the keys; any 32 bytes are a public key */
    static String configuration(Random random) {
        return "[Interface]\nPrivateKey = " + key(random) + "\nListenPort = 51999\nFwMark = 0xffffffff\n"
                + IntStream.range(0, COUNT).mapToObj(i -> peer(i, random)).collect(Collectors.joining());
    }

    private static String peer(int i, Random random) {
        var text = new StringBuilder("[Peer]\nPublicKey = " + key(random) + "\n");
        if (i % 3 == 0) {
            text.append("PresharedKey = ").append(key(random)).append('\n');
        }
        if (i % 5 != 0) {
            text.append("Endpoint = ")
                    .append(i % 2 == 0 ? "203.0.113." + i % 256 : "[2001:db8::" + Integer.toHexString(i) + "]")
                    .append(":" + (i + 1) + "\n");
        }
        if (i % 2 == 0) {
            text.append("PersistentKeepalive = ")
                    .append(i % 4 == 0 ? 25 : 65535)
                    .append('\n');
        }
        if (i % 7 != 0) {
            text.append("AllowedIPs = ").append(prefixes(i)).append('\n');
        }
        return text.toString();
    }

    private static String prefixes(int i) {
        return i == WIDE
                ? IntStream.range(0, PREFIXES)
                        .mapToObj(n -> "172.16." + n / 256 + "." + n % 256 + "/32")
                        .collect(Collectors.joining(","))
                : "10." + (100 + i / 250) + "." + i % 250 + ".0/24,fd00:" + Integer.toHexString(i) + "::/32";
    }

    private static String key(Random random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
