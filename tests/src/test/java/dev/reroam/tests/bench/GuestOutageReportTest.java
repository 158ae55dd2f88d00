package dev.reroam.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.Outage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuestOutageReportTest {

    private final List<OutageSample> samples = new ArrayList<>();

    @Test
    void allowsTheAgentTwiceWhatTheScriptTakes() {
        healed("failback", Helper.AGENT, 119);
        healed("failback", Helper.SCRIPT, 60);
        assertTrue(sum().targets().get(0).met());
        healed("failback", Helper.AGENT, 121);
        healed("failback", Helper.AGENT, 121);
        assertFalse(sum().targets().get(0).met());
    }

    @Test
    void aFaultThatTheScriptNeverHealsSetsNoTargetAndIsNotSummedUp() {
        healed("failback", Helper.AGENT, 60);
        healed("failback", Helper.SCRIPT, 60);
        healed("tunnel-rekeyed", Helper.AGENT, 900);
        samples.add(new OutageSample("tunnel-rekeyed", Helper.SCRIPT, Optional.empty(), List.of(), List.of("broke")));
        assertEquals(1, sum().spread().n());
        var line = result().table().lines().get(2);
        assertTrue(line.contains("never") && !line.contains("met") && !line.contains("MISSED"), line);
    }

    @Test
    void anAgentThatNeverHealsWhatTheScriptHealsMissesItsTarget() {
        samples.add(new OutageSample("failback", Helper.AGENT, Optional.empty(), List.of(), List.of("broke")));
        healed("failback", Helper.SCRIPT, 60);
        assertFalse(sum().targets().get(0).met());
        assertTrue(result().table().lines().get(1).contains("MISSED"));
    }

    @Test
    void countsSettingsThatTheAgentChanged() {
        healed("failback", Helper.SCRIPT, 60);
        samples.add(new OutageSample("failback", Helper.AGENT, Optional.empty(), List.of("port"), List.of()));
        assertFalse(result().figures().get(2).targets().get(0).met());
    }

    private Result result() {
        return new GuestOutageReport(samples).result(List.of());
    }

    private Figure sum() {
        return result().figures().get(0);
    }

    private void healed(String fault, Helper helper, int millis) {
        var after = Duration.ofMillis(millis);
        var outage = new Outage(after, Optional.of(after), after);
        samples.add(new OutageSample(fault, helper, Optional.of(outage), List.of(), List.of()));
    }
}
