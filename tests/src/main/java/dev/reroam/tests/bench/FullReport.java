package dev.reroam.tests.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reroam.tests.lab.AgentRemedy;
import java.util.ArrayList;
import java.util.List;

/** What {@code reroam netcheck} reports of {@link TwoUplinks}. Used by one thread. */
final class FullReport {

    /** Where the internet has a page. */
    static final String PAGE = "11.0.9.1";

    private static final int UPLINKS = 2;

    private FullReport() {}

    /** A gateway that stays silent is waited for, and these speak IPv4: so that there is nothing else. */
    static TwoUplinks subject() {
        var subject = TwoUplinks.make();
        subject.net().router().script("ip -6 route flush default");
        return subject;
    }

    /**
     * Runs the command.
     *
     * @param page the address of the page that shows a captive portal
     * @param udp what it must say of UDP over both uplinks
     * @throws IllegalStateException where it says anything else
     */
    static JsonObject of(TwoUplinks subject, String page, String udp) {
        var agent = AgentRemedy.find().orElseThrow(() -> new IllegalStateException("this build has no agent"));
        var words = new ArrayList<>(agent.java());
        words.addAll(List.of("dev.reroam.Main", "netcheck", "--json"));
        words.addAll(List.of("--servers", TwoUplinks.servers(), "--portal", page));
        var report = JsonParser.parseString(subject.net().router().run(words.toArray(String[]::new)))
                .getAsJsonObject();
        var uplinks = report.getAsJsonArray("uplinks");
        for (var uplink : uplinks) {
            if (uplinks.size() != UPLINKS
                    || !uplink.getAsJsonObject().get("udp").getAsString().equals(udp)) {
                throw new IllegalStateException("expected udp " + udp + " on " + UPLINKS + " uplinks: " + report);
            }
        }
        return report;
    }

    /** How many findings it could not make, where everything answers. */
    static double unknown(JsonObject report) {
        int unknown = 0;
        for (var element : report.getAsJsonArray("uplinks")) {
            var uplink = element.getAsJsonObject();
            var nat = uplink.getAsJsonObject("nat");
            for (String finding : List.of("translated", "mapping", "filtering", "hairpin", "port_preserved")) {
                unknown += isUnknown(nat, finding);
            }
            unknown += isUnknown(uplink.getAsJsonObject("double_nat"), "found");
            unknown += isUnknown(uplink.getAsJsonObject("captive_portal"), "found");
            unknown += uplink.getAsJsonObject("path_mtu").get("passed_bytes").isJsonNull() ? 1 : 0;
            var gateway = uplink.getAsJsonObject("gateway_says");
            for (var protocol : gateway.getAsJsonArray("port_mapping")) {
                unknown += isUnknown(protocol.getAsJsonObject(), "speaks");
            }
        }
        return unknown;
    }

    private static int isUnknown(JsonObject of, String finding) {
        return of.get(finding).getAsString().equals("unknown") ? 1 : 0;
    }

    /** How long it took, as it says, in milliseconds. */
    static double took(JsonObject report) {
        return report.get("took_ms").getAsDouble();
    }
}
