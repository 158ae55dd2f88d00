package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.stun.NatBehaviour.Filtering;
import dev.reroam.stun.NatBehaviour.Finding;
import dev.reroam.stun.NatBehaviour.Mapping;
import dev.reroam.stun.Outcome.Answered;
import dev.reroam.stun.Outcome.Looped;
import dev.reroam.stun.Probe.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the answers of a discovery say about the NAT. Pure. */
final class Verdict {

    private Verdict() {}

    static NatBehaviour of(Discovery discovery) {
        List<Probe> probes = discovery.probes();
        Map<Endpoint, Endpoint> mapped = new LinkedHashMap<>();
        for (Probe probe : probes) {
            if (probe.ask().socket() == Discovery.MAPPING_SOCKET) {
                probe.answer().ifPresent(answer -> mapped.put(answer.from(), answer.mapped()));
            }
        }
        Endpoint local = discovery.plan().mappingLocal();
        Finding translated = mapped.isEmpty()
                ? Finding.UNKNOWN
                : Finding.of(mapped.values().stream().anyMatch(seen -> !seen.equals(local)));
        // The tests of the last turn count; those of an earlier one said nothing.
        Optional<Endpoint> server =
                last(probes, Role.FILTER_PLAIN).map(probe -> probe.ask().server());
        return new NatBehaviour(
                mapped,
                translated,
                mapping(mapped, translated),
                filtering(probes),
                hairpin(probes),
                portPreserved(discovery),
                server);
    }

    /**
     * One rule for servers with one and with two addresses, on all that is seen: the same everywhere, over more than one
     * address, is endpoint-independent; else two ports of one address show whether ports count. Without translation one
     * server is enough: what nobody rewrites cannot vary.
     */
    private static Mapping mapping(Map<Endpoint, Endpoint> mapped, Finding translated) {
        if (translated == Finding.NO) {
            return Mapping.ENDPOINT_INDEPENDENT;
        }
        boolean same = mapped.values().stream().distinct().count() <= 1;
        List<IpAddress> addresses =
                mapped.keySet().stream().map(Endpoint::address).toList();
        long distinct = addresses.stream().distinct().count();
        if (same) {
            return distinct > 1 ? Mapping.ENDPOINT_INDEPENDENT : Mapping.UNKNOWN;
        }
        boolean portsCompared = distinct < addresses.size();
        if (!portsCompared) {
            return Mapping.DEPENDENT;
        }
        for (var one : mapped.entrySet()) {
            for (var two : mapped.entrySet()) {
                boolean differByPort =
                        one.getKey().address().equals(two.getKey().address())
                                && !one.getValue().equals(two.getValue());
                if (differByPort) {
                    return Mapping.ADDRESS_AND_PORT_DEPENDENT;
                }
            }
        }
        return Mapping.ADDRESS_DEPENDENT;
    }

    /**
     * RFC 5780 section 4.4. Silence says something only when the place from which the answer should have come is known
     * to be alive, and the filtering socket to get through.
     */
    private static Filtering filtering(List<Probe> probes) {
        if (answer(probes, Role.CHANGE_ADDRESS_AND_PORT)) {
            return Filtering.ENDPOINT_INDEPENDENT;
        }
        boolean otherIsFiltered = answer(probes, Role.FILTER_PLAIN)
                && answer(probes, Role.OTHER_ADDRESS_AND_PORT)
                && silent(probes, Role.CHANGE_ADDRESS_AND_PORT);
        if (!otherIsFiltered) {
            return Filtering.UNKNOWN;
        }
        if (answer(probes, Role.CHANGE_PORT)) {
            return Filtering.ADDRESS_DEPENDENT;
        }
        return answer(probes, Role.OTHER_PORT) && silent(probes, Role.CHANGE_PORT)
                ? Filtering.ADDRESS_AND_PORT_DEPENDENT
                : Filtering.UNKNOWN;
    }

    private static Finding hairpin(List<Probe> probes) {
        return last(probes, Role.HAIRPIN)
                .flatMap(Probe::outcome)
                .map(outcome -> switch (outcome) {
                    case Looped looped -> Finding.YES;
                    case Outcome.Silent silent -> Finding.NO;
                    case Answered a -> Finding.UNKNOWN;
                    case Outcome.Unmoved u -> Finding.UNKNOWN;
                    case Outcome.Refused r -> Finding.UNKNOWN;
                    case Outcome.Unusable u -> Finding.UNKNOWN;
                    case Outcome.Unsent u -> Finding.UNKNOWN;
                })
                .orElse(Finding.UNKNOWN);
    }

    /** Whether every port was kept, on both sockets; one that was not is enough for no. */
    private static Finding portPreserved(Discovery discovery) {
        List<Boolean> kept = new ArrayList<>();
        for (Probe probe : discovery.probes()) {
            Endpoint local = probe.ask().socket() == Discovery.MAPPING_SOCKET
                    ? discovery.plan().mappingLocal()
                    : discovery.plan().filteringLocal();
            probe.answer().ifPresent(answer -> kept.add(answer.mapped().port() == local.port()));
        }
        return kept.isEmpty() ? Finding.UNKNOWN : Finding.of(!kept.contains(false));
    }

    private static boolean answer(List<Probe> probes, Role role) {
        return last(probes, role).flatMap(Probe::answer).isPresent();
    }

    private static boolean silent(List<Probe> probes, Role role) {
        return last(probes, role).filter(Probe::isSilent).isPresent();
    }

    private static Optional<Probe> last(List<Probe> probes, Role role) {
        return probes.stream().filter(probe -> probe.role() == role).reduce((earlier, later) -> later);
    }
}
