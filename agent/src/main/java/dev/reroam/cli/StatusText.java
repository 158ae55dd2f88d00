package dev.reroam.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The status in words, at a glance. Stateless. */
final class StatusText {

    private StatusText() {}

    static String of(View status) {
        long now = status.number("now_unix_ms").orElse(0);
        var text = new StringBuilder();
        text.append("reroam ").append(status.word("version")).append(", mode ").append(status.word("mode"));
        text.append(", process ").append(status.word("pid"));
        text.append(", up ").append(since(status, "started_unix_ms", now)).append('\n');
        for (View missing : status.objects("missing_capabilities")) {
            text.append("missing ").append(missing.text("name").orElse("?")).append(": ");
            text.append(missing.text("costs").orElse("?")).append('\n');
        }
        text.append('\n').append(tunnels(status, now));
        text.append('\n').append(uplinks(status, now));
        for (String table : List.of(ports(status, now), mappings(status, now))) {
            text.append(table.isEmpty() ? "" : "\n" + table);
        }
        return text.toString();
    }

    private static String tunnels(View status, long now) {
        var table = new Table("TUNNEL", "STATE", "FOR", "OVER", "LAST PROOF", "PORT", "NOTE");
        for (View tunnel : status.objects("tunnels")) {
            table.row(
                    tunnel.text("id").orElse("?"),
                    tunnel.word("state"),
                    since(tunnel, "since_unix_ms", now),
                    tunnel.object("path").map(StatusText::path).orElse("-"),
                    tunnel.object("last_proof").map(StatusText::proof).orElse("-"),
                    port(status, tunnel),
                    note(tunnel));
        }
        status.object("tailscale")
                .ifPresent(node -> table.row(
                        node.text("id").orElse("?"),
                        node.word("state"),
                        since(node, "since_unix_ms", now),
                        reached(node),
                        "-",
                        "-",
                        note(node)));
        return table.isEmpty() ? "no tunnels: there is no WireGuard interface here, and no tailscaled\n" : table.text();
    }

    /** How it reaches those that it talks with. */
    private static String reached(View node) {
        long active = node.number("peers_active").orElse(0);
        long direct = node.number("peers_direct").orElse(0);
        return active == 0 ? "-" : direct + " direct, " + (active - direct) + " relayed";
    }

    private static String uplinks(View status, long now) {
        var table = new Table("UPLINK", "STATE", "FOR", "GATEWAY", "SOURCE", "PUBLIC", "GATEWAY SPEAKS");
        for (View uplink : status.objects("uplinks")) {
            table.row(
                    uplink.text("interface").orElse("?"),
                    uplink.word("state"),
                    since(uplink, "since_unix_ms", now),
                    uplink.text("gateway").orElse("-"),
                    uplink.text("source").orElse("-"),
                    publicAddress(uplink, now),
                    protocols(uplink));
        }
        return table.isEmpty() ? "no uplinks: there is no way out of here\n" : table.text();
    }

    /** {@code 203.0.113.9, 12 s ago, hard NAT}; a public address that nobody confirms just now is not a wrong one. */
    private static String publicAddress(View uplink, long now) {
        return uplink.text("public_address")
                .map(address -> address + ", " + since(uplink, "public_heard_unix_ms", now) + " ago"
                        + (uplink.text("public_silent").filter("true"::equals).isPresent() ? ", no answer now" : "")
                        + nat(uplink))
                .orElse("-");
    }

    private static String nat(View uplink) {
        return switch (uplink.text("nat_mapping").orElse("unknown")) {
            case "none" -> ", no NAT";
            case "endpoint_independent" -> ", easy NAT";
            case "dependent" -> ", hard NAT";
            default -> "";
        };
    }

    private static String protocols(View uplink) {
        String spoken = uplink.objects("gateway_protocols").stream()
                .filter(one -> one.text("state").filter("there"::equals).isPresent())
                .map(one -> one.text("protocol").orElse("?"))
                .collect(Collectors.joining(", "));
        return spoken.isEmpty() ? "-" : spoken;
    }

    /** How the world sees the tunnels' own ports. */
    private static String ports(View status, long now) {
        var table = new Table("PORT OF", "OVER", "SEEN AS", "AGO", "NOTE");
        for (View device : status.objects("devices")) {
            for (View seen : device.objects("public_endpoints")) {
                boolean own =
                        seen.text("asked_from").filter("listen_port"::equals).isPresent();
                table.row(
                        device.text("name").orElse("?"),
                        seen.text("interface").orElse("?"),
                        seen.text("endpoint").orElse("?"),
                        since(seen, "unix_ms", now),
                        own ? "" : "asked from another port");
            }
        }
        return table.isEmpty() ? "" : table.text();
    }

    private static String mappings(View status, long now) {
        var table = new Table("MAPPED", "OVER", "REACHED AT", "BY", "FOR", "LEASE");
        for (View uplink : status.objects("uplinks")) {
            for (View mapping : uplink.objects("mappings")) {
                long lease = mapping.number("lease_seconds").orElse(0);
                table.row(
                        mapping.text("transport").orElse("?") + " "
                                + mapping.text("internal_port").orElse("?"),
                        uplink.text("interface").orElse("?"),
                        mapping.text("external").orElse("?"),
                        mapping.text("protocol").orElse("?"),
                        since(mapping, "since_unix_ms", now),
                        lease == 0 ? "for ever" : Age.of(lease * 1000));
            }
        }
        return table.isEmpty() ? "" : table.text();
    }

    /** {@code wan0 via 192.0.2.1}, or that there is no way. */
    static String path(View path) {
        return path.text("no_way").map(errno -> "no way (" + errno + ")").orElseGet(() -> {
            String via = path.text("gateway").map(gateway -> " via " + gateway).orElse("");
            return path.text("interface").orElse("?") + via;
        });
    }

    private static String proof(View proof) {
        OptionalLong age = proof.number("age_ms");
        return proof.text("what").orElse("?") + (age.isPresent() ? ", " + Age.of(age.getAsLong()) + " ago" : "");
    }

    private static String port(View status, View tunnel) {
        Optional<View> device = status.objects("devices").stream()
                .filter(d -> d.text("name").equals(tunnel.text("device")))
                .findFirst();
        return device.flatMap(d -> d.text("listen_port").map(p -> p + " " + d.word("port_use")))
                .orElse("-");
    }

    private static String note(View tunnel) {
        String incident = tunnel.text("incident").map(i -> "incident " + i).orElse("");
        String reason = tunnel.text("reason").orElse("");
        return incident.isEmpty() || reason.isEmpty() ? incident + reason : incident + ": " + reason;
    }

    private static String since(View view, String name, long now) {
        OptionalLong then = view.number(name);
        return then.isPresent() ? Age.of(now - then.getAsLong()) : "-";
    }
}
