package dev.reroam.tests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The model is held to the world: what agents were told of faults in bed 1 (wireguard-go) and bed 2 (kernel WireGuard, Debian's
 * kernel), as {@code FactsRecorder} wrote it down, is told in that order in the model too.
 */
class RecordedFactsTest {

    private static final int SEEDS = 48;

    /** An incident of the world. */
    private record Recorded(String bed, String fault, List<Facts.Fact> facts) {
        boolean kernel() {
            return bed.equals("bed2");
        }
    }

    private static List<Recorded> recorded(String bed) throws IOException {
        var all = new ArrayList<Recorded>();
        var file = RecordedFactsTest.class.getResourceAsStream("world/" + bed + ".txt");
        try (var lines =
                new BufferedReader(new InputStreamReader(Objects.requireNonNull(file), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    int colon = line.indexOf(": ");
                    all.add(new Recorded(
                            bed,
                            line.substring(0, colon),
                            Stream.of(line.substring(colon + 2).split("; ", -1))
                                    .map(Facts.Fact::parse)
                                    .toList()));
                }
            }
        }
        return all;
    }

    @TestFactory
    Stream<DynamicTest> theModelTellsFactsInTheOrderOfTheWorld() throws IOException {
        return Stream.concat(recorded("bed1").stream(), recorded("bed2").stream())
                .map(one -> DynamicTest.dynamicTest(one.bed() + " " + one.fault(), () -> {
                    var orders = LabInModel.orders(one.fault(), one.kernel(), SEEDS);
                    assertTrue(
                            LabInModel.accountsFor(one.facts(), orders.keySet()),
                            () -> "the world tells\n" + one.facts() + "\nthe model\n" + orders);
                }));
    }

    @Test
    void everyFaultThatTheModelKnowsIsRecordedInBothBeds() throws IOException {
        for (String bed : List.of("bed1", "bed2")) {
            Set<String> faults = new HashSet<>();
            recorded(bed).forEach(one -> faults.add(one.fault()));
            assertEquals(Set.copyOf(LabInModel.faults()), faults, bed);
        }
    }

    @Test
    void anotherOrderIsNotAccountedFor() {
        var orders = LabInModel.orders("redialled", false, SEEDS).keySet();
        var asInTheWorld = List.of(
                new Facts.Fact("no way", 0),
                new Facts.Fact("received", 1_000_000),
                new Facts.Fact("a way again", 400_000_000),
                new Facts.Fact("refresh done", 401_000_000),
                new Facts.Fact("echo answered", 402_000_000));
        assertTrue(LabInModel.accountsFor(asInTheWorld, orders), orders::toString);
        var answered = new ArrayList<>(asInTheWorld);
        answered.set(4, new Facts.Fact("echo answered", 200_000_000));
        assertFalse(LabInModel.accountsFor(answered, orders), "an answer before there is a way");
        assertFalse(LabInModel.accountsFor(asInTheWorld.subList(0, 4), orders), "no answer");
    }
}
