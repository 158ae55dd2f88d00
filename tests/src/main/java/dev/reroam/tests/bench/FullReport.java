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

    /** A gateway that stays silent is waited for, and the lab's speak IPv4: so that there is nothing else. */
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

    /** How long it took, as it says, in milliseconds. */
    static double took(JsonObject report) {
        return report.get("took_ms").getAsDouble();
    }
}
