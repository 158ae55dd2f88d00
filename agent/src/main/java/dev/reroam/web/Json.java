package dev.reroam.web;

import com.google.gson.stream.JsonWriter;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Path;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The reports as JSON. Stateless. Every name is always there, {@code null} where nothing is known; a unit stands in the
 * name; {@code unix_ms} is the wall clock in milliseconds since 1970.
 */
final class Json {

    private Json() {}

    /** Writes one value. */
    private interface Body {
        void write(JsonWriter json) throws IOException;
    }

    static String of(StatusReport status) {
        return text(json -> {
            json.beginObject();
            json.name("version").value(status.version());
            json.name("mode").value(status.mode().word());
            json.name("pid").value(status.pid());
            json.name("now_unix_ms").value(status.nowMillis());
            json.name("started_unix_ms").value(status.startedMillis());
            json.name("missing_capabilities").beginArray();
            for (var missing : status.missing()) {
                json.beginObject().name("name").value(missing.name());
                json.name("costs").value(missing.costs()).endObject();
            }
            json.endArray().name("uplinks").beginArray();
            for (var uplink : status.uplinks()) {
                write(json, uplink, status.nowMillis());
            }
            json.endArray().name("devices").beginArray();
            for (var device : status.devices()) {
                write(json, device);
            }
            json.endArray().name("tunnels").beginArray();
            for (var tunnel : status.tunnels()) {
                write(json, tunnel, status.nowMillis());
            }
            json.endArray().name("tailscale");
            if (status.node().isPresent()) {
                write(json, status.node().get());
            } else {
                json.nullValue();
            }
            json.name("counters").beginObject();
            for (var counter : status.counters().entrySet()) {
                json.name(counter.getKey()).value(counter.getValue());
            }
            json.endObject().endObject();
        });
    }

    static String of(IncidentReport incident) {
        return text(json -> {
            json.beginObject();
            fields(json, incident.summary());
            json.name("replayable").value(incident.replayable());
            json.name("timeline").beginArray();
            for (var entry : incident.timeline()) {
                json.beginObject().name("at_ms").value(entry.atMillis());
                json.name("kind").value(entry.kind());
                text(json.name("tunnel"), entry.tunnel());
                json.name("what").value(entry.what()).endObject();
            }
            json.endArray().endObject();
        });
    }

    static String incidents(List<IncidentSummary> incidents) {
        return text(json -> {
            json.beginObject().name("incidents").beginArray();
            for (var incident : incidents) {
                json.beginObject();
                fields(json, incident);
                json.endObject();
            }
            json.endArray().endObject();
        });
    }

    static String of(Api.Explanations explanations) {
        return text(json -> {
            json.beginObject().name("devices").beginArray();
            for (var one : explanations.devices()) {
                json.beginObject().name("name").value(one.device());
                json.name("why").value(one.why()).endObject();
            }
            json.endArray().name("tunnels").beginArray();
            for (var one : explanations.tunnels()) {
                json.beginObject().name("id").value(one.tunnel());
                json.name("asked").value(one.asked());
                json.name("answered").value(one.answered());
                json.name("rule").value(one.rule());
                text(json.name("proof"), one.proof());
                number(json.name("proof_age_ms"), one.proofAgeMillis());
                json.endObject();
            }
            json.endArray().endObject();
        });
    }

    static String recovering(List<String> tunnels) {
        return text(json -> {
            json.beginObject().name("recovering").beginArray();
            for (String tunnel : tunnels) {
                json.value(tunnel);
            }
            json.endArray().endObject();
        });
    }

    static String of(AgentEvent event) {
        return text(json -> {
            switch (event) {
                case AgentEvent.Noted noted -> {
                    json.beginObject().name("unix_ms").value(noted.unixMillis());
                    json.name("incident").value(noted.incident());
                    json.name("kind").value(noted.kind());
                    text(json.name("tunnel"), noted.tunnel());
                    json.name("what").value(noted.what()).endObject();
                }
                case AgentEvent.TunnelChanged changed -> {
                    json.beginObject().name("unix_ms").value(changed.unixMillis());
                    write(json.name("tunnel"), changed.tunnel(), changed.unixMillis());
                    json.endObject();
                }
                case AgentEvent.TunnelGone gone -> {
                    json.beginObject().name("unix_ms").value(gone.unixMillis());
                    json.name("id").value(gone.id()).endObject();
                }
            }
        });
    }

    /**
     * A refusal.
     *
     * @param error for programs: {@code not_found}
     */
    static String error(String error, String message) {
        return text(json -> json.beginObject()
                .name("error")
                .value(error)
                .name("message")
                .value(message)
                .endObject());
    }

    private static void write(JsonWriter json, StatusReport.Uplink uplink, long nowMillis) throws IOException {
        json.beginObject().name("interface").value(uplink.interfaceName());
        json.name("interface_index").value(uplink.interfaceIndex());
        text(json.name("gateway"), uplink.gateway());
        text(json.name("source"), uplink.source());
        json.name("state").value(uplink.state().word());
        json.name("since_unix_ms").value(uplink.sinceMillis());
        var outside = uplink.outside();
        text(json.name("public_address"), outside.publicAddress());
        number(json.name("public_heard_unix_ms"), outside.heardMillis());
        json.name("public_silent").value(outside.silent());
        json.name("nat_mapping").value(outside.nat());
        json.name("stun_packets_sent").value(outside.packets());
        var gateway = outside.gateway().orElse(new Outside.Gateway(0, 0, List.of(), List.of()));
        json.name("gateway_packets_sent").value(gateway.packets());
        json.name("gateway_answers_dropped").value(gateway.dropped());
        json.name("gateway_protocols").beginArray();
        for (var speaks : gateway.protocols()) {
            json.beginObject().name("protocol").value(speaks.protocol());
            json.name("state").value(speaks.state());
            text(json.name("why"), speaks.why());
            json.endObject();
        }
        json.endArray().name("mappings").beginArray();
        for (var mapping : gateway.mappings()) {
            write(json, mapping, nowMillis);
        }
        json.endArray().endObject();
    }

    private static void write(JsonWriter json, Outside.Mapping mapping, long nowMillis) throws IOException {
        json.beginObject().name("transport").value(mapping.transport());
        json.name("internal_port").value(mapping.internalPort());
        json.name("external").value(mapping.external().toString());
        json.name("protocol").value(mapping.protocol());
        json.name("since_unix_ms").value(mapping.sinceMillis());
        json.name("age_ms").value(nowMillis - mapping.sinceMillis());
        json.name("confirmed_unix_ms").value(mapping.confirmedMillis());
        json.name("lease_seconds").value(mapping.leaseSeconds()).endObject();
    }

    private static void write(JsonWriter json, StatusReport.Device device) throws IOException {
        Optional<DeviceFacts> facts = device.facts();
        json.beginObject().name("name").value(device.name());
        text(json.name("kind"), facts.map(f -> word(f.kind())));
        number(json.name("interface_index"), facts.map(DeviceFacts::interfaceIndex));
        text(json.name("public_key"), facts.map(DeviceFacts::publicKey));
        number(json.name("listen_port"), facts.map(DeviceFacts::listenPort));
        text(json.name("port_use"), facts.map(f -> word(f.portUse())));
        text(json.name("port_reason"), device.portReason());
        number(json.name("mark"), facts.map(DeviceFacts::mark).map(Integer::toUnsignedLong));
        text(json.name("reason"), device.reason());
        json.name("public_endpoints").beginArray();
        for (var seen : device.seen()) {
            json.beginObject().name("interface").value(seen.interfaceName());
            json.name("endpoint").value(seen.endpoint().toString());
            json.name("asked_from").value(seen.fromListenPort() ? "listen_port" : "another_port");
            json.name("unix_ms").value(seen.atMillis()).endObject();
        }
        json.endArray().endObject();
    }

    private static void write(JsonWriter json, StatusReport.Tunnel tunnel, long nowMillis) throws IOException {
        json.beginObject().name("id").value(tunnel.id());
        json.name("device").value(tunnel.device());
        text(json.name("peer"), tunnel.peer());
        json.name("state").value(tunnel.state().word());
        json.name("since_unix_ms").value(tunnel.sinceMillis());
        text(json.name("reason"), tunnel.reason());
        write(json.name("path"), tunnel.path());
        text(json.name("endpoint"), tunnel.endpoint());
        json.name("last_proof");
        if (tunnel.proof().isPresent()) {
            var proof = tunnel.proof().get();
            json.beginObject().name("what").value(proof.what());
            json.name("unix_ms").value(proof.atMillis());
            json.name("age_ms").value(nowMillis - proof.atMillis()).endObject();
        } else {
            json.nullValue();
        }
        text(json.name("probe"), tunnel.probe());
        json.name("keepalive_seconds").value(tunnel.keepaliveSeconds());
        json.name("received_bytes").value(tunnel.receivedBytes());
        json.name("sent_bytes").value(tunnel.sentBytes());
        number(json.name("incident"), tunnel.incident());
        json.endObject();
    }

    private static void write(JsonWriter json, StatusReport.Node node) throws IOException {
        json.beginObject().name("id").value(node.id());
        json.name("state").value(node.state().word());
        json.name("since_unix_ms").value(node.sinceMillis());
        text(json.name("reason"), node.reason());
        text(json.name("version"), node.version());
        text(json.name("backend"), node.backend());
        text(json.name("relay"), node.relay());
        json.name("peers").value(node.peers());
        json.name("peers_active").value(node.active());
        json.name("peers_direct").value(node.direct());
        json.name("warnings").beginArray();
        for (String warning : node.warnings()) {
            json.value(warning);
        }
        json.endArray().name("socket").value(node.socket());
        json.name("repairs").value(node.repairs()).endObject();
    }

    private static void write(JsonWriter json, Optional<Path> path) throws IOException {
        if (path.isEmpty()) {
            json.nullValue();
            return;
        }
        switch (path.get()) {
            case Path.Via via -> {
                json.beginObject().name("interface").value(via.interfaceName());
                json.name("interface_index").value(via.interfaceIndex());
                text(json.name("gateway"), via.gateway());
                json.name("source").value(via.source().toString());
                json.name("no_way").nullValue().endObject();
            }
            case Path.None none -> {
                json.beginObject().name("interface").nullValue();
                json.name("interface_index").nullValue();
                json.name("gateway").nullValue().name("source").nullValue();
                json.name("no_way").value(none.errno()).endObject();
            }
        }
    }

    private static void fields(JsonWriter json, IncidentSummary incident) throws IOException {
        json.name("id").value(incident.id());
        json.name("state").value(incident.state().word());
        json.name("cause").value(incident.cause());
        json.name("opened_unix_ms").value(incident.openedMillis());
        number(json.name("lasted_ms"), incident.lastedMillis());
        json.name("tunnels").beginArray();
        for (String tunnel : incident.tunnels()) {
            json.value(tunnel);
        }
        json.endArray();
        number(json.name("outage_ms"), incident.outageMillis());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void text(JsonWriter json, Optional<?> value) throws IOException {
        if (value.isPresent()) {
            json.value(value.get().toString());
        } else {
            json.nullValue();
        }
    }

    private static void number(JsonWriter json, Optional<? extends Number> value) throws IOException {
        if (value.isPresent()) {
            json.value(value.get());
        } else {
            json.nullValue();
        }
    }

    private static void number(JsonWriter json, OptionalLong value) throws IOException {
        if (value.isPresent()) {
            json.value(value.getAsLong());
        } else {
            json.nullValue();
        }
    }

    private static String text(Body body) {
        var text = new StringWriter();
        try (var json = new JsonWriter(text)) {
            body.write(json);
        } catch (IOException e) {
            // A StringWriter has nothing to fail at.
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
