package dev.reroam.linux.route;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Turns what {@code ip -j -N -d} prints into our records, so that two programs' readings of one kernel can be compared. */
final class IpText {

    private IpText() {}

    static List<JsonObject> objects(String json) {
        return StreamSupport.stream(
                        JsonParser.parseString(json).getAsJsonArray().spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    static String route(JsonObject json, IpFamily family, Map<String, Integer> links) {
        var hops = new ArrayList<String>();
        if (json.has("nexthops")) {
            json.getAsJsonArray("nexthops").forEach(hop -> hops.add(hop(hop.getAsJsonObject(), links)));
        } else if (json.has("dev")) {
            hops.add(hop(json, links));
        }
        int mtu = json.has("metrics")
                ? number(json.getAsJsonArray("metrics").get(0).getAsJsonObject(), "mtu")
                : 0;
        return String.join(
                " ",
                prefix(text(json, "dst"), family).toString(),
                "table " + number(json, "table"),
                "type " + number(json, "type"),
                "from " + Optional.ofNullable(text(json, "from")).map(from -> prefix(from, family)),
                "tos " + (json.has("tos") ? Integer.decode(text(json, "tos")) : 0),
                "scope " + number(json, "scope"),
                "proto " + number(json, "protocol"),
                "metric " + (json.has("metric") ? json.get("metric").getAsLong() : 0),
                "src " + text(json, "prefsrc"),
                "hops " + hops,
                "nhid " + (json.has("nhid") ? number(json, "nhid") : 0),
                "mtu " + mtu);
    }

    static String route(Route route) {
        return String.join(
                " ",
                route.destination().toString(),
                "table " + Integer.toUnsignedString(route.table()),
                "type " + route.type().number(),
                "from " + route.source(),
                "tos " + route.typeOfService(),
                "scope " + route.scope(),
                "proto " + route.protocol().number(),
                "metric " + route.priority(),
                "src " + route.preferredSource().map(IpAddress::toString).orElse(null),
                "hops "
                        + route.hops().stream()
                                .map(hop -> hop.gateway() + " link " + hop.link() + " weight " + hop.weight())
                                .toList(),
                "nhid " + route.nextHopId().orElse(0),
                "mtu " + route.mtu());
    }

    private static String hop(JsonObject json, Map<String, Integer> links) {
        return gateway(json) + " link " + links.get(text(json, "dev")) + " weight "
                + (json.has("weight") ? number(json, "weight") : 1);
    }

    static Optional<IpAddress> gateway(JsonObject json) {
        if (json.has("via")) {
            return Optional.of(IpAddress.parse(text(json.getAsJsonObject("via"), "host")));
        }
        return Optional.ofNullable(text(json, "gateway")).map(IpAddress::parse);
    }

    static String rule(JsonObject json, IpFamily family) {
        return String.join(
                " ",
                json.get("priority").getAsLong() + ":",
                "not " + json.has("not"),
                "from " + condition(json, "src", family),
                "to " + condition(json, "dst", family),
                "mark " + (json.has("fwmark") ? mark(json) : null),
                "iif " + text(json, "iif"),
                "oif " + text(json, "oif"),
                "tos " + (json.has("tos") ? Integer.decode(text(json, "tos")) : 0),
                "ipproto " + (json.has("ipproto") ? text(json, "ipproto").replace("ipproto-", "") : null),
                "sport " + range(json, "sport", "sport_start", "sport_end"),
                "dport " + range(json, "dport", "dport_start", "dport_end"),
                "uid " + range(json, "uid", "uid_start", "uid_end"),
                "goto " + (json.has("goto") ? json.get("goto").getAsLong() : null),
                "suppress " + (json.has("suppress_prefixlen") ? number(json, "suppress_prefixlen") : null),
                "action " + (json.has("goto") ? 2 : json.has("action") ? number(json, "action") : 1),
                "table " + (json.has("table") ? Integer.parseUnsignedInt(text(json, "table")) : 0),
                "proto " + number(json, "protocol"));
    }

    static String rule(Rule rule) {
        return String.join(
                " ",
                rule.preference() + ":",
                "not " + rule.inverted(),
                "from " + rule.source().map(IpPrefix::toString).orElse(null),
                "to " + rule.destination().map(IpPrefix::toString).orElse(null),
                "mark "
                        + rule.mark()
                                .map(mark -> Integer.toHexString(mark.value()) + "/" + Integer.toHexString(mark.mask()))
                                .orElse(null),
                "iif " + rule.incoming().orElse(null),
                "oif " + rule.outgoing().orElse(null),
                "tos " + rule.typeOfService(),
                "ipproto " + (rule.ipProtocol().isPresent() ? rule.ipProtocol().getAsInt() : null),
                "sport " + rule.sourcePorts().map(IpText::range).orElse(null),
                "dport " + rule.destinationPorts().map(IpText::range).orElse(null),
                "uid " + rule.uids().map(IpText::range).orElse(null),
                "goto " + (rule.jump().isPresent() ? rule.jump().getAsLong() : null),
                "suppress "
                        + (rule.suppressPrefixLength().isPresent()
                                ? rule.suppressPrefixLength().getAsInt()
                                : null),
                "action " + rule.action().number(),
                "table " + rule.table(),
                "proto " + rule.protocol().number());
    }

    private static String range(Rule.Range range) {
        return range.first() + "-" + range.last();
    }

    private static String range(JsonObject json, String single, String first, String last) {
        if (json.has(single)) {
            return json.get(single).getAsLong() + "-" + json.get(single).getAsLong();
        }
        return json.has(first)
                ? json.get(first).getAsLong() + "-" + json.get(last).getAsLong()
                : null;
    }

    private static String mark(JsonObject json) {
        String mask = json.has("fwmask") ? text(json, "fwmask") : "0xffffffff";
        return text(json, "fwmark").substring(2) + "/" + mask.substring(2);
    }

    private static String condition(JsonObject json, String key, IpFamily family) {
        String address = text(json, key);
        if (address == null || address.equals("all")) {
            return null;
        }
        int length = json.has(key + "len") ? number(json, key + "len") : family.bits();
        return new IpPrefix(IpAddress.parse(address), length).toString();
    }

    static IpPrefix prefix(String text, IpFamily family) {
        return text.equals("default") ? IpPrefix.all(family) : IpPrefix.parse(text);
    }

    static String text(JsonObject json, String key) {
        return json.has(key) ? json.get(key).getAsString() : null;
    }

    static int number(JsonObject json, String key) {
        return (int) json.get(key).getAsLong();
    }
}
