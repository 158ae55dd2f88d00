package dev.reroam.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reroam.recovery.TunnelId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonTest {

    private final FakeApi api = new FakeApi();

    @Test
    void writesTheStatusAsTheOutsideReliesOnIt() {
        JsonObject status = parse(Json.of(api.status()));
        assertEquals(
                List.of(
                        "version",
                        "mode",
                        "pid",
                        "now_unix_ms",
                        "started_unix_ms",
                        "missing_capabilities",
                        "uplinks",
                        "devices",
                        "tunnels",
                        "tailscale",
                        "counters"),
                List.copyOf(status.keySet()));
        JsonObject tunnel = status.getAsJsonArray("tunnels").get(0).getAsJsonObject();
        assertEquals("carrying", tunnel.get("state").getAsString());
        assertEquals("wan0", tunnel.getAsJsonObject("path").get("interface").getAsString());
        assertEquals(1_000, tunnel.getAsJsonObject("last_proof").get("age_ms").getAsLong());
        assertEquals(25, tunnel.get("keepalive_seconds").getAsInt());
        assertEquals("10.9.0.1", tunnel.get("probe").getAsString());
        JsonObject device = status.getAsJsonArray("devices").get(0).getAsJsonObject();
        assertEquals("free", device.get("port_use").getAsString());
        assertEquals(0xca6c_0001L, device.get("mark").getAsLong());
        assertEquals(
                "listen_port",
                device.getAsJsonArray("public_endpoints")
                        .get(0)
                        .getAsJsonObject()
                        .get("asked_from")
                        .getAsString());
        JsonObject node = status.getAsJsonObject("tailscale");
        assertEquals("tailscale/nas", node.get("id").getAsString());
        assertEquals("needs_a_person", node.get("state").getAsString());
        assertEquals(2, node.get("peers_active").getAsInt());
        assertEquals("[\"login-state\"]", node.get("warnings").toString());
        assertEquals(
                12, status.getAsJsonObject("counters").get("netlink_events").getAsLong());
    }

    @Test
    void saysHowAnUplinkLooksFromOutside() {
        JsonObject uplink =
                parse(Json.of(api.status())).getAsJsonArray("uplinks").get(0).getAsJsonObject();
        assertEquals("203.0.113.9", uplink.get("public_address").getAsString());
        assertEquals("endpoint_independent", uplink.get("nat_mapping").getAsString());
        assertEquals(42, uplink.get("stun_packets_sent").getAsLong());
        assertEquals(7, uplink.get("gateway_packets_sent").getAsLong());
        assertEquals(3, uplink.get("gateway_answers_dropped").getAsLong());
        assertEquals(
                "absent",
                uplink.getAsJsonArray("gateway_protocols")
                        .get(2)
                        .getAsJsonObject()
                        .get("state")
                        .getAsString());
        JsonObject mapping = uplink.getAsJsonArray("mappings").get(0).getAsJsonObject();
        assertEquals("203.0.113.9:51820", mapping.get("external").getAsString());
        assertEquals(60_000, mapping.get("age_ms").getAsLong());
        assertEquals(7200, mapping.get("lease_seconds").getAsLong());
    }

    @Test
    void keepsEveryNameWhereNothingIsKnown() {
        var tunnels = parse(Json.of(api.status())).getAsJsonArray("tunnels");
        JsonObject known = tunnels.get(0).getAsJsonObject();
        JsonObject unknown = tunnels.get(1).getAsJsonObject();
        assertEquals(known.keySet(), unknown.keySet());
        assertTrue(unknown.get("last_proof").isJsonNull());
        assertEquals(
                known.getAsJsonObject("path").keySet(),
                unknown.getAsJsonObject("path").keySet());
        assertEquals(
                "ENETUNREACH", unknown.getAsJsonObject("path").get("no_way").getAsString());
        var devices = parse(Json.of(api.status())).getAsJsonArray("devices");
        assertEquals(
                devices.get(0).getAsJsonObject().keySet(),
                devices.get(1).getAsJsonObject().keySet());
    }

    @Test
    void writesIncidentsAndTheirTimeline() {
        JsonObject incident = parse(Json.of(api.incident(7).orElseThrow()));
        assertEquals("open", incident.get("state").getAsString());
        assertTrue(incident.get("outage_ms").isJsonNull());
        JsonObject step = incident.getAsJsonArray("timeline").get(1).getAsJsonObject();
        assertEquals(0.25, step.get("at_ms").getAsDouble());
        assertEquals("step", step.get("kind").getAsString());
        JsonObject list = parse(Json.incidents(api.incidents()));
        assertEquals(
                80,
                list.getAsJsonArray("incidents")
                        .get(1)
                        .getAsJsonObject()
                        .get("outage_ms")
                        .getAsLong());
    }

    @Test
    void keepsAnEventOnOneLineWhateverItSays() {
        String awkward = "line\nbreak\r\u0085\u2028\u2029\"\\\u0000é";
        String json = Json.of(new AgentEvent.Noted(1, 2, "STEP", Optional.of("wg0/x"), awkward));
        // The end of a line, as the stream of events has it: CR or LF.
        assertTrue(json.chars().noneMatch(c -> c == '\n' || c == '\r'), json);
        assertEquals(awkward, parse(json).get("what").getAsString());
        assertEquals("step", parse(json).get("kind").getAsString());
        assertEquals("tunnel_gone", new AgentEvent.TunnelGone("wg0/x", 1).name());
        JsonElement changed = parse(Json.of(new AgentEvent.TunnelChanged(FakeApi.tunnel(Optional.empty()), 9)));
        assertTrue(
                changed.getAsJsonObject().getAsJsonObject("tunnel").get("path").isJsonNull());
    }

    @Test
    void selectsTunnelsAsPeopleNameThem() {
        var tunnel = new TunnelId("wg0", FakeApi.PEER);
        for (String meant : List.of("wg0", "wg0/", "wg0/AbCd", "wg0/" + FakeApi.PEER, FakeApi.PEER, "AbCdEfGh")) {
            assertTrue(TunnelSelector.of(meant).matches(tunnel), meant);
        }
        assertTrue(TunnelSelector.ALL.matches(tunnel));
        for (String other : List.of("", "wg", "wg1", "wg0/bCd", "AbCd", "wg0/" + FakeApi.PEER + "x", "/")) {
            assertTrue(!TunnelSelector.of(other).matches(tunnel), other);
        }
    }

    private static JsonObject parse(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }
}
