package dev.reroam.netcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reroam.stun.SimulatedStun.Server;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReportJsonTest {

    private final World world =
            new World().with("one.example", Server.TWO_ADDRESSES).with("two.example", Server.ORDINARY);

    private JsonObject uplink() {
        return JsonParser.parseString(ReportJson.of(world.run()))
                .getAsJsonObject()
                .getAsJsonArray("uplinks")
                .get(0)
                .getAsJsonObject();
    }

    @Test
    void carriesEverythingWithUnitsInTheNames() {
        world.pathMtu = 1492;
        assertEquals(JsonParser.parseString("""
                        {"interface":"wan0","interface_index":3,"family":"ipv4","gateway":"192.0.2.1",
                         "source":"192.0.2.2","udp":"yes","udp_why":null,"public_addresses":["203.0.113.7"],
                         "nat":{"translated":"yes","mapping":"endpoint_independent",
                          "filtering":"address_and_port_dependent","hairpin":"no","port_preserved":"yes",
                          "two_address_server":"198.51.100.2:3478","seen_as":[
                           {"by":"198.51.100.2:3478","as":"203.0.113.7:50000"},
                           {"by":"198.51.100.2:3479","as":"203.0.113.7:50000"},
                           {"by":"198.51.100.3:3478","as":"203.0.113.7:50000"},
                           {"by":"198.51.100.3:3479","as":"203.0.113.7:50000"},
                           {"by":"198.51.100.4:3478","as":"203.0.113.7:50000"}],
                          "binding_alive_after_s":null,"binding_dead_after_s":null},
                         "gateway_says":{"model":"Acme Router","port_mapping":[
                          {"protocol":"PCP","speaks":"yes","external_address":null,"why":null},
                          {"protocol":"NAT-PMP","speaks":"yes","external_address":"203.0.113.7","why":null},
                          {"protocol":"UPnP","speaks":"yes","external_address":"203.0.113.7","why":null}]},
                         "double_nat":{"found":"no","why":"gateway and servers say the same address"},
                         "path_mtu":{"interface_mtu_bytes":1500,"passed_bytes":1492,"lost_bytes":1496},
                         "captive_portal":{"asked":true,"found":"no","why":"HTTP status 204","location":null},
                         "clat":false,"nat64_prefixes":[],"servers":[
                          {"server":"one.example:3478","address":"198.51.100.2:3478","result":"answered","why":null,
                           "seen_as":"203.0.113.7:50000","latency_ms":40.0,"samples":4},
                          {"server":"two.example:3478","address":"198.51.100.4:3478","result":"answered","why":null,
                           "seen_as":"203.0.113.7:50000","latency_ms":40.0,"samples":4}]}
                        """), uplink());
    }

    @Test
    void everyNameIsThereWhateverWasFound() {
        Set<String> rich = names(uplink());
        world.there.replaceAll((at, server) -> Server.SILENT);
        world.names.remove("two.example");
        world.speaks.clear();
        world.page = java.util.Optional.empty();
        Set<String> poor = names(uplink());
        // What stands in lists comes with their members.
        rich.removeIf(name -> name.startsWith(".nat.seen_as"));
        poor.removeIf(name -> name.startsWith(".nat.seen_as"));
        assertEquals(rich, poor);
        assertTrue(rich.contains(".servers.latency_ms"), () -> "" + rich);
    }

    private static Set<String> names(JsonElement element) {
        Set<String> names = new TreeSet<>();
        collect("", element, names);
        return names;
    }

    private static void collect(String path, JsonElement element, Set<String> names) {
        if (element instanceof JsonObject object) {
            object.entrySet().forEach(entry -> {
                names.add(path + "." + entry.getKey());
                collect(path + "." + entry.getKey(), entry.getValue(), names);
            });
        } else if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(member -> collect(path, member, names));
        }
    }
}
