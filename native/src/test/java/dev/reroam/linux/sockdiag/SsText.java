package dev.reroam.linux.sockdiag;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.util.Map;
import java.util.regex.Pattern;

/** What {@code ss -O -tinemaH} prints of a socket, and the same of ours. */
final class SsText {

    private static final Map<TcpState, String> NAMES = Map.ofEntries(
            Map.entry(TcpState.ESTABLISHED, "ESTAB"),
            Map.entry(TcpState.SYN_SENT, "SYN-SENT"),
            Map.entry(TcpState.SYN_RECEIVED, "SYN-RECV"),
            Map.entry(TcpState.FIN_WAIT_1, "FIN-WAIT-1"),
            Map.entry(TcpState.FIN_WAIT_2, "FIN-WAIT-2"),
            Map.entry(TcpState.TIME_WAIT, "TIME-WAIT"),
            Map.entry(TcpState.CLOSED, "UNCONN"),
            Map.entry(TcpState.CLOSE_WAIT, "CLOSE-WAIT"),
            Map.entry(TcpState.LAST_ACK, "LAST-ACK"),
            Map.entry(TcpState.LISTEN, "LISTEN"),
            Map.entry(TcpState.CLOSING, "CLOSING"),
            Map.entry(TcpState.NEW_SYN_RECEIVED, "SYN-RECV"));
    private static final Pattern MAPPED = Pattern.compile("\\[::ffff:([0-9.]+)\\]");

    private SsText() {}

    /** Of ss's line; what it leaves out is 0. */
    static String line(String ss) {
        String[] words = ss.trim().split("\\s+");
        return String.join(
                " ",
                words[0],
                words[1],
                words[2],
                ends(words[3]),
                ends(words[4]),
                "uid:" + value(ss, "uid", "0"),
                "ino:" + value(ss, "ino", "0"),
                "sk:" + value(ss, "sk", "0"),
                "fwmark:" + value(ss, "fwmark", "0x0"),
                "unacked:" + value(ss, "unacked", "0"),
                "backoff:" + value(ss, "backoff", "0"),
                "rto:" + (long) Double.parseDouble(value(ss, "rto", "0")));
    }

    static String line(TcpConnection ours) {
        boolean listener = ours.state() == TcpState.LISTEN;
        return String.join(
                " ",
                NAMES.get(ours.state()),
                Long.toString(ours.receiveQueue()),
                Long.toString(ours.sendQueue()),
                ours.local().toString(),
                listener ? any(ours.remote()) : ours.remote().toString(),
                "uid:" + ours.uid(),
                "ino:" + ours.inode(),
                "sk:" + Long.toHexString(ours.cookie()),
                "fwmark:0x" + Integer.toHexString(ours.mark().orElse(0)),
                "unacked:"
                        + ours.health()
                                .filter(h -> !listener)
                                .map(TcpHealth::unacknowledged)
                                .orElse(0L),
                "backoff:" + ours.health().map(TcpHealth::backoff).orElse(0),
                // ss shows none where it stands at the 3 s of a socket that has sent nothing.
                "rto:"
                        + ours.health()
                                .map(health -> health.timeoutMicros() / 1000)
                                .orElse(0L));
    }

    private static String any(Endpoint remote) {
        return (remote.address().family() == IpFamily.V4 ? "0.0.0.0" : "[::]") + ":*";
    }

    private static String ends(String shown) {
        String plain = MAPPED.matcher(shown).replaceAll("$1").replaceAll("%\\w+", "");
        return plain.endsWith("*") ? plain : endpoint(plain);
    }

    private static String endpoint(String plain) {
        int colon = plain.lastIndexOf(':');
        String address = plain.substring(0, colon).replaceAll("[\\[\\]]", "");
        return new Endpoint(IpAddress.parse(address), Integer.parseInt(plain.substring(colon + 1))).toString();
    }

    private static String value(String ss, String name, String otherwise) {
        var found = Pattern.compile("\\b" + name + ":([0-9a-fx.]+)").matcher(ss);
        return found.find() ? found.group(1) : otherwise;
    }
}
