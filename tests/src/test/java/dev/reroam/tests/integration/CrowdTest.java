package dev.reroam.tests.integration;

import dev.reroam.tests.lab.CrowdRun;
import dev.reroam.tests.lab.Faults;
import dev.reroam.tests.lab.Plan;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thousand peers on one wireguard-go, ten of them alive. Half a minute each. */
@Tag("bed1")
class CrowdTest {

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"route-replaced", "uplink-down"})
    void healsTheLivingAndLeavesTheDeadAlone(String fault) {
        var report = CrowdRun.run(Plan.standard(), Faults.named(fault).orElseThrow(), ShippedFlags.text());
        CrowdVerdict.judge(report, 1);
    }
}
