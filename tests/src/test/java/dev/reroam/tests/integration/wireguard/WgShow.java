package dev.reroam.tests.integration.wireguard;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.tests.lab.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A device as {@code wg show IF dump} prints it, without the columns of private and preshared keys. */
final class WgShow {

    private WgShow() {}

    /** What {@code wg} says; the secrets never enter this JVM, so that a search of its memory means something. */
    static List<String> dump(String namespace, String device) {
        return Command.script("ip netns exec " + namespace + " wg show " + device
                        + " dump | sed -e '1s/^[^\\t]*\\t//' -e '2,$s/\\t[^\\t]*//'")
                .run()
                .lines()
                .toList();
    }

    /** Another thing that {@code wg show} prints, such as {@code listen-port}. */
    static String value(String namespace, String device, String what) {
        return Command.of("ip", "netns", "exec", namespace, "wg", "show", device, what)
                .run()
                .strip();
    }

    /** What we read, in the same words. */
    static List<String> text(WireGuardDevice device) {
        var lines = new ArrayList<String>();
        lines.add(String.join(
                "\t",
                device.publicKey().map(WireGuardKey::base64).orElse("(none)"),
                Integer.toString(device.listenPort()),
                device.mark() == 0 ? "off" : "0x" + Integer.toHexString(device.mark())));
        device.peers().forEach(peer -> lines.add(text(peer)));
        return lines;
    }

    private static String text(WireGuardPeer peer) {
        var prefixes = peer.allowedIps().stream().map(IpPrefix::toString).collect(Collectors.joining(","));
        return String.join(
                "\t",
                peer.publicKey().base64(),
                peer.endpoint().map(Endpoint::toString).orElse("(none)"),
                prefixes.isEmpty() ? "(none)" : prefixes,
                Long.toString(peer.handshakeSeconds()),
                Long.toString(peer.receivedBytes()),
                Long.toString(peer.sentBytes()),
                peer.keepaliveSeconds() == 0 ? "off" : Integer.toString(peer.keepaliveSeconds()));
    }

    /** {@code yes}, or the first line that differs. */
    static String same(List<String> expected, List<String> seen) {
        for (int i = 0; i < Math.max(expected.size(), seen.size()); i++) {
            var one = i < expected.size() ? expected.get(i) : "nothing";
            var other = i < seen.size() ? seen.get(i) : "nothing";
            if (!one.equals(other)) {
                return "line " + (i + 1) + ": " + one + " | " + other;
            }
        }
        return expected.isEmpty() ? "nothing to compare" : "yes";
    }
}
