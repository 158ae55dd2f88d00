package dev.reroam.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.Outage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OutageReportTest {

    @Test
    void meetsTheTargetWhereAllHealedSoon() {
        assertTrue(figure("failback", healed("failback", 20, 50, 60, 149)).targets().stream()
                .allMatch(Target::met));
    }

    @Test
    void missesTheTargetWhereOneOfTwentyNeverHealed() {
        var samples = new ArrayList<OutageSample>();
        for (int i = 0; i < 19; i++) {
            samples.addAll(healed("failback", 20));
        }
        samples.add(never("failback", Helper.AGENT, 20));
        var targets = figure("failback", samples).targets();
        assertTrue(targets.get(0).met(), "the median");
        assertFalse(targets.get(1).met(), "the worst");
        assertTrue(text(samples).contains("never"), text(samples));
        assertTrue(text(samples).contains("MISSED"), text(samples));
    }

    @Test
    void aRunThatBrokeIsNeverHealed() {
        var broken = new OutageSample("failback", Helper.AGENT, Optional.empty(), List.of(), List.of("why"));
        assertEquals(Double.POSITIVE_INFINITY, broken.healedAfterMillis());
        assertEquals(Double.POSITIVE_INFINITY, broken.holeMillis());
        assertTrue(broken.json().get("healed_after_ms").isJsonNull());
    }

    @Test
    void saysWhereItWasCut() {
        var samples = List.of(
                never("failback", Helper.NOBODY, 60),
                never("failback", Helper.NOBODY, 60),
                sample("failback", Helper.NOBODY, 15_000));
        assertTrue(text(samples).contains("> 60 s n=3"), text(samples));
    }

    @Test
    void allowsAFlappingCableTheSecondThatTheKernelHoldsItBack() {
        assertTrue(figure("cable-flaps", healed("cable-flaps", 1050, 1140)).targets().stream()
                .allMatch(Target::met));
        var summary = new OutageReport(healed("cable-flaps", 1050), 60)
                .result(List.of())
                .figures();
        assertEquals(1, summary.size(), "it is not counted among the others");
    }

    @Test
    void countsTheAgentsFalseActions() {
        var samples = List.of(
                sample("failback", Helper.AGENT, 20).withFalseActions(List.of("+ port", "- port")),
                sample("failback", Helper.AGENT, 20),
                sample("failback", Helper.NOBODY, 20).withFalseActions(List.of("not the agent's")));
        var report = new OutageReport(samples, 60);
        assertEquals(2, report.falseActions());
        var counted = report.result(List.of()).figures().get(1);
        assertFalse(counted.targets().get(0).met());
    }

    private static Figure figure(String fault, List<OutageSample> samples) {
        return new OutageReport(samples, 60)
                .result(List.of()).table().figures().stream()
                        .filter(figure -> figure.name().equals(fault + ", helped by agent: healed after"))
                        .findFirst()
                        .orElseThrow();
    }

    private static String text(List<OutageSample> samples) {
        return new OutageReport(samples, 60)
                .result(List.of()).table().lines().stream().collect(Collectors.joining("\n"));
    }

    private static List<OutageSample> healed(String fault, int... afterMillis) {
        var samples = new ArrayList<OutageSample>();
        for (int millis : afterMillis) {
            samples.add(sample(fault, Helper.AGENT, millis));
        }
        return samples;
    }

    private static OutageSample sample(String fault, Helper helper, int afterMillis) {
        var after = Duration.ofMillis(afterMillis);
        return of(fault, helper, new Outage(after.plusMillis(20), Optional.of(after), after.plusMillis(300)));
    }

    private static OutageSample never(String fault, Helper helper, int seconds) {
        var watched = Duration.ofSeconds(seconds);
        return of(fault, helper, new Outage(watched, Optional.empty(), watched));
    }

    private static OutageSample of(String fault, Helper helper, Outage outage) {
        return new OutageSample(fault, helper, Optional.of(outage), List.of(), List.of());
    }
}
