package dev.reroam.netcheck;

import com.google.gson.stream.JsonWriter;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.stun.NatBehaviour;
import dev.reroam.stun.PathMtu;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A report as JSON. Stateless. Every name is always there, {@code null} where nothing is known; a unit stands in the name;
 * findings are {@code yes}, {@code no} and {@code unknown}.
 */
public final class ReportJson {

    /** Nanoseconds of a microsecond, microseconds of a millisecond. */
    private static final double MICRO = 1e3;

    private ReportJson() {}

    /** One line, without its end. */
    public static String of(Report report) {
        var text = new StringWriter();
        try (var json = new JsonWriter(text)) {
            json.setSerializeNulls(true);
            json.beginObject().name("took_ms").value(report.took().toMillis());
            json.name("uplinks").beginArray();
            for (UplinkReport uplink : report.uplinks()) {
                write(json, uplink);
            }
            json.endArray().endObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a text cannot fail", e);
        }
        return text.toString();
    }

    private static void write(JsonWriter json, UplinkReport report) throws IOException {
        var uplink = report.target().uplink();
        json.beginObject().name("interface").value(uplink.interfaceName());
        json.name("interface_index").value(uplink.interfaceIndex());
        json.name("family").value(uplink.family() == IpFamily.V4 ? "ipv4" : "ipv6");
        text(json.name("gateway"), uplink.gateway());
        json.name("source").value(uplink.source().toString());
        json.name("udp").value(word(report.udp()));
        text(json.name("udp_why"), report.udpWhy());
        json.name("public_addresses").beginArray();
        for (var address : report.publicAddresses()) {
            json.value(address.toString());
        }
        json.endArray();
        nat(json.name("nat"), report);
        gateway(json.name("gateway_says"), report.gateway());
        json.name("double_nat").beginObject();
        json.name("found").value(word(report.doubleNat().found()));
        json.name("why").value(report.doubleNat().why()).endObject();
        mtu(json.name("path_mtu"), report.target().mtuBytes(), report.mtu());
        var portal = report.portal();
        json.name("captive_portal").beginObject().name("asked").value(portal.asked());
        json.name("found").value(word(portal.found())).name("why").value(portal.why());
        text(json.name("location"), portal.location());
        json.endObject().name("clat").value(report.target().isClat());
        json.name("nat64_prefixes").beginArray();
        for (var prefix : report.nat64()) {
            json.value(prefix.toString());
        }
        json.endArray().name("servers").beginArray();
        for (ServerReport server : report.servers()) {
            write(json, server);
        }
        json.endArray().endObject();
    }

    private static void nat(JsonWriter json, UplinkReport report) throws IOException {
        NatBehaviour nat = report.nat();
        json.beginObject().name("translated").value(word(nat.translated()));
        json.name("mapping").value(word(nat.mapping()));
        json.name("filtering").value(word(nat.filtering()));
        json.name("hairpin").value(word(nat.hairpin()));
        json.name("port_preserved").value(word(nat.portPreserved()));
        text(json.name("two_address_server"), nat.twoAddressServer());
        json.name("seen_as").beginArray();
        var mapped = nat.mapped().entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
                .toList();
        for (Map.Entry<?, ?> entry : mapped) {
            json.beginObject().name("by").value(entry.getKey().toString());
            json.name("as").value(entry.getValue().toString()).endObject();
        }
        json.endArray();
        seconds(json.name("binding_alive_after_s"), report.lifetime().flatMap(lifetime -> lifetime.aliveAfter()));
        seconds(json.name("binding_dead_after_s"), report.lifetime().flatMap(lifetime -> lifetime.deadAfter()));
        json.endObject();
    }

    private static void gateway(JsonWriter json, GatewayReport gateway) throws IOException {
        json.beginObject();
        text(json.name("model"), gateway.model());
        json.name("port_mapping").beginArray();
        for (var spoken : gateway.protocols()) {
            json.beginObject().name("protocol").value(spoken.protocol().word());
            json.name("speaks").value(word(spoken.speaks()));
            text(json.name("external_address"), spoken.externalAddress());
            text(json.name("why"), spoken.why());
            json.endObject();
        }
        json.endArray().endObject();
    }

    private static void mtu(JsonWriter json, int interfaceMtu, PathMtu mtu) throws IOException {
        json.beginObject().name("interface_mtu_bytes").value(interfaceMtu);
        number(json.name("passed_bytes"), mtu.passed());
        number(json.name("lost_bytes"), mtu.lost());
        json.endObject();
    }

    private static void write(JsonWriter json, ServerReport server) throws IOException {
        json.beginObject().name("server").value(server.server().toString());
        text(json.name("address"), server.address());
        json.name("result").value(word(server.result()));
        text(json.name("why"), server.why());
        text(json.name("seen_as"), server.seenAs());
        millis(json.name("latency_ms"), server.latencyNanos());
        json.name("samples").value(server.samples()).endObject();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static void text(JsonWriter json, Optional<?> value) throws IOException {
        if (value.isPresent()) {
            json.value(value.get().toString());
        } else {
            json.nullValue();
        }
    }

    private static void number(JsonWriter json, OptionalInt value) throws IOException {
        if (value.isPresent()) {
            json.value(value.getAsInt());
        } else {
            json.nullValue();
        }
    }

    /** To the microsecond: a server on the next host answers in a tenth of a millisecond. */
    private static void millis(JsonWriter json, OptionalLong nanos) throws IOException {
        if (nanos.isPresent()) {
            json.value(Math.round(nanos.getAsLong() / MICRO) / MICRO);
        } else {
            json.nullValue();
        }
    }

    private static void seconds(JsonWriter json, Optional<Duration> value) throws IOException {
        if (value.isPresent()) {
            json.value(value.get().toSeconds());
        } else {
            json.nullValue();
        }
    }
}
