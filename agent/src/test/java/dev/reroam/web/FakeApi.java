package dev.reroam.web;

import dev.reroam.config.Mode;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Path;
import dev.reroam.recovery.TunnelId;
import dev.reroam.web.StatusReport.MissingCapability;
import dev.reroam.web.StatusReport.Proof;
import dev.reroam.web.StatusReport.TunnelState;
import dev.reroam.web.StatusReport.UplinkState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** An agent with one of everything. Confined to the loop, except for what the comments say. */
public final class FakeApi implements Api {

    public static final String PEER = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789+/AbCdE=";

    private final List<Consumer<AgentEvent>> listeners = new ArrayList<>();
    private Optional<CompletableFuture<String>> checking = Optional.empty();
    private int recoveries;
    private boolean broken;

    /** From now on every question ends in an exception. */
    public void breakDown() {
        broken = true;
    }

    public void tell(AgentEvent event) {
        List.copyOf(listeners).forEach(listener -> listener.accept(event));
    }

    public int listeners() {
        return listeners.size();
    }

    public int recoveries() {
        return recoveries;
    }

    @Override
    public StatusReport status() {
        if (broken) {
            throw new IllegalStateException("broken");
        }
        var path = new Path.Via(3, "wan0", Optional.of(address("192.0.2.1")), address("192.0.2.7"));
        Map<String, Long> counters = new LinkedHashMap<>();
        counters.put("netlink_events", 12L);
        counters.put("lost_event_resyncs", 0L);
        return new StatusReport(
                "0.1.0",
                Mode.REPAIR,
                4242,
                1_000_100_000,
                1_000_000_000,
                List.of(new MissingCapability("CAP_NET_RAW", "no echo")),
                List.of(new StatusReport.Uplink(
                        "wan0",
                        3,
                        path.gateway(),
                        Optional.of(path.source()),
                        UplinkState.UP,
                        1_000_000_000,
                        outside())),
                List.of(
                        new StatusReport.Device(
                                "wg0",
                                Optional.of(facts()),
                                Optional.empty(),
                                Optional.of("named nowhere"),
                                List.of(seen())),
                        new StatusReport.Device(
                                "wg1", Optional.empty(), Optional.of("EPERM"), Optional.empty(), List.of())),
                List.of(tunnel(Optional.of(path)), unreadable()),
                Optional.of(node()),
                counters);
    }

    private static StatusReport.Node node() {
        return new StatusReport.Node(
                "tailscale/nas",
                TunnelState.NEEDS_A_PERSON,
                1_000_040_000,
                Optional.of("it is logged out"),
                Optional.of("1.98.10"),
                Optional.of("NeedsLogin"),
                Optional.of("fra"),
                5,
                2,
                1,
                List.of("login-state"),
                "/run/tailscale/tailscaled.sock",
                "given");
    }

    public static StatusReport.Tunnel tunnel(Optional<Path> path) {
        return new StatusReport.Tunnel(
                "wg0/AbCdEfGh",
                "wg0",
                Optional.of(PEER),
                TunnelState.CARRYING,
                1_000_040_000,
                Optional.empty(),
                path,
                Optional.of(Endpoint.parse("198.51.100.9:51820")),
                Optional.of(new Proof("handshake", 1_000_099_000)),
                Optional.of(address("10.9.0.1")),
                25,
                1234,
                5678,
                OptionalLong.of(7));
    }

    private static StatusReport.Tunnel unreadable() {
        return new StatusReport.Tunnel(
                "wg1",
                "wg1",
                Optional.empty(),
                TunnelState.CANNOT_BE_READ,
                1_000_000_000,
                Optional.of("EPERM"),
                Optional.of(new Path.None("ENETUNREACH")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                0,
                OptionalLong.empty());
    }

    private static Outside outside() {
        return new Outside(
                Optional.of(address("203.0.113.9")),
                OptionalLong.of(1_000_088_000),
                false,
                "endpoint_independent",
                42,
                Optional.of(new Outside.Gateway(
                        7,
                        3,
                        List.of(
                                new Outside.Speaks("PCP", "there", Optional.empty()),
                                new Outside.Speaks("NAT-PMP", "there", Optional.empty()),
                                new Outside.Speaks("UPnP", "absent", Optional.of("no answer"))),
                        List.of(new Outside.Mapping(
                                "udp",
                                51820,
                                Endpoint.parse("203.0.113.9:51820"),
                                "PCP",
                                1_000_040_000,
                                1_000_040_000,
                                7200)))));
    }

    private static Outside.Seen seen() {
        return new Outside.Seen("wan0", Endpoint.parse("203.0.113.9:51820"), true, 1_000_080_000);
    }

    private static DeviceFacts facts() {
        return new DeviceFacts("wg0", 9, DeviceKind.KERNEL, PEER, 51820, 0xca6c_0001, PortUse.FREE);
    }

    private static IpAddress address(String text) {
        return IpAddress.parse(text);
    }

    @Override
    public List<IncidentSummary> incidents() {
        return List.of(
                summary(7, IncidentSummary.State.OPEN, OptionalLong.empty()),
                summary(6, IncidentSummary.State.HEALED, OptionalLong.of(80)));
    }

    private static IncidentSummary summary(long id, IncidentSummary.State state, OptionalLong lasted) {
        return new IncidentSummary(id, state, "wan0 lost its carrier", 1_000, lasted, List.of("wg0/AbCdEfGh"), lasted);
    }

    @Override
    public Optional<IncidentReport> incident(long id) {
        return incidents().stream()
                .filter(i -> i.id() == id)
                .findFirst()
                .map(i -> new IncidentReport(
                        i,
                        List.of(
                                new IncidentReport.Entry(0, "OPENED", Optional.empty(), "wan0 lost its carrier"),
                                new IncidentReport.Entry(0.25, "STEP", Optional.of("wg0/AbCdEfGh"), "refresh")),
                        true));
    }

    @Override
    public Explanations explain(TunnelSelector tunnels) {
        return tunnels.matches(new TunnelId("wg0", PEER))
                ? new Explanations(
                        List.of(new DeviceExplanation("wg0", "port 51820 is free: named nowhere")),
                        List.of(new Explanation(
                                "wg0/AbCdEfGh",
                                "the way to 198.51.100.9:51820, udp from port 51820, mark 0x0, user 0",
                                "wan0 via 192.0.2.1 from 192.0.2.7",
                                "rule 32766: main",
                                Optional.of("handshake"),
                                OptionalLong.of(1_000))))
                : new Explanations(List.of(), List.of());
    }

    @Override
    public Recovering recover(TunnelSelector tunnels) {
        recoveries++;
        if (tunnels.text().equals(Optional.of("wg-observed"))) {
            return new Recovering.Refused("mode is observe");
        }
        return tunnels.matches(new TunnelId("wg0", PEER))
                ? new Recovering.Started(List.of("wg0/AbCdEfGh"))
                : new Recovering.NoSuchTunnel();
    }

    @Override
    public Netchecking netcheck() {
        if (checking.isPresent()) {
            return new Netchecking.Busy();
        }
        checking = Optional.of(new CompletableFuture<>());
        return new Netchecking.Begun(checking.get());
    }

    /** The look at the uplinks that was begun. */
    public CompletableFuture<String> checking() {
        return checking.orElseThrow();
    }

    @Override
    public Subscription subscribe(Consumer<AgentEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
