package dev.reroam.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.stun.NatBehaviour.Filtering;
import dev.reroam.stun.NatBehaviour.Finding;
import dev.reroam.stun.NatBehaviour.Mapping;
import dev.reroam.stun.SimulatedInternet.Weather;
import dev.reroam.stun.SimulatedNat.Habits;
import dev.reroam.stun.SimulatedServer.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 4787's grid of mapping and filtering, and the servers that there are; {@code -Dseed=N} runs one seed alone. */
class DiscoveryTest {

    private static final long MS = 1_000_000;
    private static final IpAddress OUTSIDE = IpAddress.parse("203.0.113.7");
    private static final List<Endpoint> SOCKETS =
            List.of(Endpoint.parse("192.168.1.2:50000"), Endpoint.parse("192.168.1.2:50001"));

    private static final List<Mapping> MAPPINGS =
            List.of(Mapping.ENDPOINT_INDEPENDENT, Mapping.ADDRESS_DEPENDENT, Mapping.ADDRESS_AND_PORT_DEPENDENT);
    private static final List<Filtering> FILTERINGS =
            List.of(Filtering.ENDPOINT_INDEPENDENT, Filtering.ADDRESS_DEPENDENT, Filtering.ADDRESS_AND_PORT_DEPENDENT);

    static Stream<Habits> grid() {
        return MAPPINGS.stream()
                .flatMap(mapping -> FILTERINGS.stream()
                        .flatMap(filtering -> Stream.of(true, false)
                                .flatMap(hairpins -> Stream.of(true, false)
                                        .map(kept -> new Habits(true, mapping, filtering, hairpins, kept)))));
    }

    static LongStream seeds() {
        Long only = Long.getLong("seed");
        return only == null ? LongStream.range(0, 40) : LongStream.of(only);
    }

    /** The n-th server: its addresses end with 2n and 2n + 1. */
    private static SimulatedServer server(Kind kind, int n) {
        return new SimulatedServer(
                kind,
                Endpoint.parse("198.51.100." + 2 * n + ":3478"),
                Endpoint.parse("198.51.100." + (2 * n + 1) + ":3479"));
    }

    private static SimulatedInternet internet(Weather weather, Habits habits, Random random, Kind... kinds) {
        var servers = new ArrayList<SimulatedServer>();
        for (Kind kind : kinds) {
            servers.add(server(kind, servers.size() + 1));
        }
        return new SimulatedInternet(weather, new SimulatedNat(habits, OUTSIDE, random), servers, SOCKETS, random);
    }

    private static Discovery.Plan plan(Random random, int servers) {
        var endpoints = new ArrayList<Endpoint>();
        for (int n = 1; n <= servers; n++) {
            endpoints.add(server(Kind.ORDINARY, n).primary());
        }
        return new Discovery.Plan(
                endpoints, SOCKETS.get(0), SOCKETS.get(1), Schedule.PROBE, SimulatedInternet.ids(random));
    }

    private static NatBehaviour discover(Habits habits, Kind... kinds) {
        var random = new Random(1);
        var internet = internet(Weather.FAIR, habits, random, kinds);
        return internet.run(plan(random, kinds.length)).behaviour();
    }

    private static final Habits USUAL =
            new Habits(true, Mapping.ENDPOINT_INDEPENDENT, Filtering.ADDRESS_AND_PORT_DEPENDENT, false, true);

    @ParameterizedTest
    @MethodSource("grid")
    void classifiesEveryCellOfTheGrid(Habits habits) {
        var found = discover(habits, Kind.TWO_ADDRESSES);
        assertEquals(habits.mapping(), found.mapping());
        assertEquals(habits.filtering(), found.filtering());
        assertEquals(Finding.of(habits.hairpins()), found.hairpin());
        assertEquals(Finding.YES, found.translated());
        boolean keepsAll = habits.preservesPorts() && habits.mapping() == Mapping.ENDPOINT_INDEPENDENT;
        assertEquals(Finding.of(keepsAll), found.portPreserved());
        assertEquals(Optional.of(server(Kind.TWO_ADDRESSES, 1).primary()), found.twoAddressServer());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void reorderingAndDuplicatesChangeNothing(long seed) {
        var random = new Random(seed);
        grid().forEach(habits -> {
            var internet = internet(
                    new Weather(5, 25, 0, 0.3), habits, random, Kind.ORDINARY, Kind.TWO_ADDRESSES, Kind.SILENT);
            var found = internet.run(plan(random, 3)).behaviour();
            assertEquals(habits.mapping(), found.mapping(), () -> "seed " + seed + " " + habits);
            assertEquals(habits.filtering(), found.filtering(), () -> "seed " + seed + " " + habits);
            assertEquals(Finding.of(habits.hairpins()), found.hairpin(), () -> "seed " + seed + " " + habits);
        });
    }

    /** Loss can hide an answer, so that a NAT looks stricter than it is; it can never make one look more open. */
    @Test
    void underLossNothingLooksMoreOpenThanItIs() {
        int runs = 0;
        int[] wrong = new int[2];
        for (long seed : seeds().toArray()) {
            var random = new Random(seed);
            for (Habits habits : grid().toList()) {
                var internet =
                        internet(new Weather(5, 25, 0.03, 0.1), habits, random, Kind.TWO_ADDRESSES, Kind.ORDINARY);
                var found = internet.run(plan(random, 2)).behaviour();
                runs++;
                boolean mappingIsRight = List.of(habits.mapping(), Mapping.UNKNOWN, Mapping.DEPENDENT)
                        .contains(found.mapping());
                boolean filteringIsRight =
                        List.of(habits.filtering(), Filtering.UNKNOWN).contains(found.filtering());
                wrong[0] += mappingIsRight ? 0 : 1;
                wrong[1] += filteringIsRight ? 0 : 1;
                assertTrue(
                        filteringIsRight || found.filtering().compareTo(habits.filtering()) > 0,
                        () -> "seed " + seed + " " + habits + ": " + found);
            }
        }
        assertEquals(0, wrong[0], "mappings wrong of " + runs);
        assertTrue(wrong[1] * 100 <= runs, wrong[1] + " filterings wrong of " + runs);
    }

    @Test
    void ordinaryServersTellTheMappingByComparison() {
        var ordinary = new Kind[] {Kind.ORDINARY, Kind.ORDINARY, Kind.ORDINARY};
        var found = discover(USUAL, ordinary);
        assertEquals(Mapping.ENDPOINT_INDEPENDENT, found.mapping());
        assertEquals(Filtering.UNKNOWN, found.filtering());
        assertEquals(Finding.NO, found.hairpin());
        assertEquals(Optional.empty(), found.twoAddressServer());
        assertEquals(3, found.mapped().size());
        for (Mapping hard : List.of(Mapping.ADDRESS_DEPENDENT, Mapping.ADDRESS_AND_PORT_DEPENDENT)) {
            var habits = new Habits(true, hard, Filtering.ADDRESS_DEPENDENT, false, false);
            assertEquals(Mapping.DEPENDENT, discover(habits, ordinary).mapping());
        }
    }

    @Test
    void oneOrdinaryServerTellsNothingButTheAddress() {
        var found = discover(USUAL, Kind.ORDINARY);
        assertEquals(Mapping.UNKNOWN, found.mapping());
        assertEquals(Map.of(server(Kind.ORDINARY, 1).primary(), new Endpoint(OUTSIDE, 50_000)), found.mapped());
        assertEquals(Finding.YES, found.portPreserved());
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"BOASTFUL", "UNMOVED"})
    void aServerThatCannotKeepItsWordProvesNoFilter(Kind kind) {
        for (Habits habits : grid().toList()) {
            var found = discover(habits, kind);
            assertEquals(Filtering.UNKNOWN, found.filtering(), () -> habits.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("grid")
    void whenOneServerCannotTellTheNextOneGetsItsTurn(Habits habits) {
        var found = discover(habits, Kind.BOASTFUL, Kind.SILENT, Kind.TWO_ADDRESSES);
        assertEquals(habits.mapping(), found.mapping());
        assertEquals(habits.filtering(), found.filtering());
        assertEquals(Optional.of(server(Kind.TWO_ADDRESSES, 3).primary()), found.twoAddressServer());
    }

    @ParameterizedTest
    @MethodSource("grid")
    void hairpinIsFoundOutWithOrdinaryServersToo(Habits habits) {
        assertEquals(
                Finding.of(habits.hairpins()), discover(habits, Kind.ORDINARY).hairpin());
    }

    @Test
    void nobodyAnsweringIsUnknownAndSaysSoInTime() {
        var random = new Random(1);
        var internet = internet(Weather.FAIR, USUAL, random, Kind.SILENT, Kind.SILENT);
        var found = internet.run(plan(random, 2)).behaviour();
        assertEquals(
                new NatBehaviour(
                        Map.of(),
                        Finding.UNKNOWN,
                        Mapping.UNKNOWN,
                        Filtering.UNKNOWN,
                        Finding.UNKNOWN,
                        Finding.UNKNOWN,
                        Optional.empty()),
                found);
        assertEquals(Schedule.PROBE.givesUpAfterNanos(), internet.now());
        assertEquals(8, internet.sent());
    }

    @Test
    void noServersIsUnknownAtOnce() {
        var random = new Random(1);
        var internet = internet(Weather.FAIR, USUAL, random);
        assertEquals(Mapping.UNKNOWN, internet.run(plan(random, 0)).behaviour().mapping());
        assertEquals(0, internet.now());
    }

    @ParameterizedTest
    @MethodSource("grid")
    void behindAFirewallNothingIsTranslatedAndTheFilterIsSeen(Habits nat) {
        var firewall = new Habits(false, Mapping.ENDPOINT_INDEPENDENT, nat.filtering(), false, true);
        var found = discover(firewall, Kind.TWO_ADDRESSES);
        assertEquals(Finding.NO, found.translated());
        assertEquals(Mapping.ENDPOINT_INDEPENDENT, found.mapping());
        assertEquals(nat.filtering(), found.filtering());
        assertEquals(Finding.YES, found.portPreserved());
    }

    /** Six round trips and 300 ms is what a whole netcheck may take. */
    @Test
    void takesTwoRoundTripsAndOneSilence() {
        var random = new Random(1);
        var internet = internet(Weather.FAIR, USUAL, random, Kind.TWO_ADDRESSES, Kind.ORDINARY);
        internet.run(plan(random, 2));
        assertTrue(internet.now() <= (40 + 300) * MS, () -> internet.now() / MS + " ms");
        assertTrue(internet.sent() <= 15, () -> internet.sent() + " requests");
    }

    /** A first answer that took long says nothing of how long the others will take. */
    @Test
    void aSlowFirstAnswerIsNotWhatSilenceIsMeasuredBy() {
        var random = new Random(1);
        var nat = new SimulatedNat(USUAL, OUTSIDE, random);
        var server = server(Kind.TWO_ADDRESSES, 1);
        var internet = new SimulatedInternet(Weather.FAIR, nat, List.of(server), SOCKETS, random).withColdStart(400);
        var found = internet.run(plan(random, 1));
        assertEquals(Filtering.ADDRESS_AND_PORT_DEPENDENT, found.behaviour().filtering());
        assertEquals(
                1,
                found.probes().stream().filter(p -> p.role() == Probe.Role.PACE).count());
        assertTrue(internet.now() <= (440 + 40 + 300) * MS, () -> internet.now() / MS + " ms");
    }

    @Test
    void theFilteringSocketSendsToOneAddressAndPortOnly() {
        var random = new Random(1);
        var internet = internet(Weather.FAIR, USUAL, random, Kind.TWO_ADDRESSES);
        var probes = internet.run(plan(random, 1)).probes();
        assertEquals(
                List.of(server(Kind.TWO_ADDRESSES, 1).primary()),
                probes.stream()
                        .filter(probe -> probe.ask().socket() == Discovery.FILTERING_SOCKET)
                        .map(probe -> probe.ask().server())
                        .distinct()
                        .toList());
    }
}
