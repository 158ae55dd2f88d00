package dev.reroam.netcheck;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.netcheck.GatewayReport.Spoken;
import dev.reroam.netcheck.ServerReport.Result;
import dev.reroam.stun.Lifetime;
import dev.reroam.stun.NatBehaviour;
import dev.reroam.stun.NatBehaviour.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A report in words, a block for each uplink. Stateless. */
public final class ReportText {

    private static final int LABEL = 16;
    private static final double NANOS_PER_MILLI = 1e6;

    private ReportText() {}

    /** The text, each line ended. */
    public static String of(Report report) {
        if (report.uplinks().isEmpty()) {
            return "no uplinks: there is no way out of here\n";
        }
        return report.uplinks().stream().map(ReportText::block).collect(Collectors.joining("\n"));
    }

    private static String block(UplinkReport report) {
        var uplink = report.target().uplink();
        var text = new StringBuilder(uplink.interfaceName())
                .append(uplink.family() == IpFamily.V4 ? ", IPv4" : ", IPv6")
                .append(uplink.gateway().map(gateway -> " via " + gateway).orElse(""))
                .append(" from ")
                .append(uplink.source())
                .append('\n');
        line(text, "UDP", udp(report));
        line(text, "public address", addresses(report));
        line(text, "NAT", nat(report.nat()));
        report.lifetime().ifPresent(lifetime -> line(text, "NAT remembers", lifetime(lifetime)));
        report.gateway().model().ifPresent(model -> line(text, "gateway", model));
        if (!report.gateway().protocols().isEmpty()) {
            line(text, "port mapping", portMapping(report.gateway()));
        }
        if (uplink.family() == IpFamily.V4) {
            line(
                    text,
                    "double NAT",
                    finding(report.doubleNat().found()) + ": "
                            + report.doubleNat().why());
        }
        line(text, "path MTU", mtu(report));
        if (report.portal().asked()) {
            line(text, "captive portal", portal(report.portal()));
        }
        if (report.target().isClat()) {
            line(text, "464XLAT", "IPv4 leaves here as IPv6");
        }
        if (!report.nat64().isEmpty()) {
            line(text, "NAT64", report.nat64().stream().map(Object::toString).collect(Collectors.joining(", ")));
        }
        String label = "servers";
        for (ServerReport server : report.servers()) {
            line(text, label, server(server));
            label = "";
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String label, String words) {
        text.append("  ")
                .append(label)
                .append(" ".repeat(Math.max(1, LABEL - label.length())))
                .append(words)
                .append('\n');
    }

    private static String udp(UplinkReport report) {
        if (report.udp() != Finding.YES) {
            return "unknown: " + report.udpWhy().orElse("nobody answers");
        }
        long answered = report.servers().stream()
                .filter(server -> server.result() == Result.ANSWERED || server.result() == Result.REFUSED)
                .count();
        return "works: " + answered + " of " + report.servers().size()
                + (report.servers().size() == 1 ? " server answers" : " servers answer");
    }

    private static String addresses(UplinkReport report) {
        return report.publicAddresses().isEmpty()
                ? "unknown"
                : report.publicAddresses().stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    private static String nat(NatBehaviour nat) {
        String filtering = switch (nat.filtering()) {
            case UNKNOWN -> "filtering unknown";
            case ENDPOINT_INDEPENDENT -> "endpoint-independent filtering";
            case ADDRESS_DEPENDENT -> "address-dependent filtering";
            case ADDRESS_AND_PORT_DEPENDENT -> "address and port-dependent filtering";
        };
        if (nat.translated() == Finding.UNKNOWN) {
            return "unknown";
        }
        if (nat.translated() == Finding.NO) {
            return "none; " + filtering;
        }
        List<String> words = new ArrayList<>();
        words.add(
                switch (nat.mapping()) {
                    case UNKNOWN -> "mapping unknown";
                    case ENDPOINT_INDEPENDENT -> "endpoint-independent mapping";
                    case ADDRESS_DEPENDENT -> "address-dependent mapping";
                    case ADDRESS_AND_PORT_DEPENDENT -> "address and port-dependent mapping";
                    case DEPENDENT -> "mapping depends on the destination";
                });
        words.add(filtering);
        words.add(
                switch (nat.portPreserved()) {
                    case UNKNOWN -> "port preservation unknown";
                    case YES -> "ports preserved";
                    case NO -> "ports changed";
                });
        words.add(
                switch (nat.hairpin()) {
                    case UNKNOWN -> "hairpin unknown";
                    case YES -> "hairpin";
                    case NO -> "no hairpin";
                });
        return String.join(", ", words);
    }

    private static String lifetime(Lifetime lifetime) {
        if (lifetime.aliveAfter().isEmpty()) {
            return "unknown: the server or the NAT does not let it be measured";
        }
        String alive = "at least " + lifetime.aliveAfter().get().toSeconds() + " s";
        return alive
                + lifetime.deadAfter()
                        .map(dead -> ", less than " + dead.toSeconds() + " s")
                        .orElse("");
    }

    private static String portMapping(GatewayReport gateway) {
        return gateway.protocols().stream().map(ReportText::spoken).collect(Collectors.joining(", "));
    }

    private static String spoken(Spoken spoken) {
        String word = spoken.protocol().word();
        return switch (spoken.speaks()) {
            case YES ->
                word + " yes"
                        + spoken.externalAddress()
                                .map(address -> " (" + address + " outside)")
                                .orElse("");
            case NO -> word + " no (" + spoken.why().orElse("it says so") + ")";
            case SILENT -> word + " no answer";
            case NOT_ASKED -> word + " not asked (" + spoken.why().orElse("?") + ")";
        };
    }

    private static String finding(Finding finding) {
        return finding.name().toLowerCase(Locale.ROOT);
    }

    private static String mtu(UplinkReport report) {
        var mtu = report.mtu();
        if (mtu.passed().isEmpty()) {
            return "unknown; the interface's is " + report.target().mtuBytes() + " bytes";
        }
        String passed = mtu.passed().getAsInt() + " bytes";
        return mtu.lost().isPresent()
                ? passed + " get through, " + mtu.lost().getAsInt() + " do not"
                : "at least " + passed;
    }

    private static String portal(UplinkReport.PortalReport portal) {
        return switch (portal.found()) {
            case NO -> "none";
            case YES ->
                "yes: " + portal.why()
                        + portal.location().map(to -> ", leads to " + to).orElse("");
            case UNKNOWN -> "unknown: " + portal.why();
        };
    }

    private static String server(ServerReport server) {
        String words = server.latencyNanos().isPresent()
                ? String.format(Locale.ROOT, "%.1f ms", server.latencyNanos().getAsLong() / NANOS_PER_MILLI)
                : server.why().orElse("no answer");
        return server.server() + " " + words;
    }
}
