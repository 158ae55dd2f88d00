package dev.reroam.tunnel.wireguard.act;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardNudge;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tunnel.wireguard.UapiAnswer;
import dev.reroam.tunnel.wireguard.UapiClient;
import dev.reroam.tunnel.wireguard.UapiRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** Changes a device through its daemon's socket. Confined to the agent loop. */
final class UserspaceChanger implements DeviceChanger {

    // RFC 5737 and RFC 3849: addresses of documentation, for peers that do not exist.
    private static final Endpoint NOWHERE_V4 = Endpoint.parse("192.0.2.1:9");
    private static final Endpoint NOWHERE_V6 = Endpoint.parse("[2001:db8::1]:9");

    private final UapiClient client;
    private final DeviceFacts device;

    UserspaceChanger(UapiClient client, DeviceFacts device) {
        this.client = client;
        this.device = device;
    }

    @Override
    public CompletableFuture<WireGuardDevice> read() {
        var result = new CompletableFuture<WireGuardDevice>();
        client.read(device.interfaceIndex(), answer -> {
            if (answer instanceof UapiAnswer.Told told && told.notChangeable().isEmpty()) {
                result.complete(told.device());
            } else {
                result.completeExceptionally(notDone("read", answer));
            }
        });
        return result;
    }

    @Override
    public CompletableFuture<Void> refresh(WireGuardDevice now, List<WireGuardNudge> peers) {
        return CompletableFuture.allOf(UapiRequest.nudge(peers).stream()
                .map(request -> change("refresh", request))
                .toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public CompletableFuture<Void> rehearse(RandomGenerator random) {
        return change(
                "rehearse a refresh of",
                UapiRequest.nudge(List.of(
                                new WireGuardNudge(randomKey(random), Optional.of(NOWHERE_V4), 25),
                                new WireGuardNudge(randomKey(random), Optional.of(NOWHERE_V6), 0)))
                        .getFirst());
    }

    @Override
    public CompletableFuture<Void> listenPort(int port) {
        return change("set the port of", UapiRequest.listenPort(port));
    }

    @Override
    public CompletableFuture<Void> keepalive(WireGuardDevice now, WireGuardKey peer, int seconds) {
        return change("set a keepalive of", UapiRequest.keepalive(peer, seconds));
    }

    @Override
    public CompletableFuture<Void> endpoint(WireGuardKey peer, Endpoint endpoint) {
        return change("set an endpoint of", UapiRequest.endpoint(peer, endpoint));
    }

    @Override
    public boolean samePortReopens() {
        return true;
    }

    /**
     * wireguard-go has no way to clear a source but to name the peer's endpoint again or to reopen the sockets, so peers that
     * are not named keep theirs: it clears them itself when a handshake of theirs goes unanswered for 5 s.
     */
    @Override
    public boolean clearsAllSources() {
        return false;
    }

    private static WireGuardKey randomKey(RandomGenerator random) {
        return new WireGuardKey(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private CompletableFuture<Void> change(String operation, UapiRequest request) {
        var result = new CompletableFuture<Void>();
        client.change(request, answer -> {
            if (answer instanceof UapiAnswer.Accepted) {
                result.complete(null);
            } else {
                result.completeExceptionally(notDone(operation, answer));
            }
        });
        return result;
    }

    private NotDone notDone(String operation, UapiAnswer answer) {
        String what = operation + " " + device.name();
        return switch (answer) {
            case UapiAnswer.Absent absent -> new NotDone(new RepairOutcome.Vanished());
            case UapiAnswer.Elsewhere elsewhere -> new NotDone(new RepairOutcome.Vanished());
            case UapiAnswer.Told told -> notChangeable(what, told.notChangeable());
            case UapiAnswer.NotChangeable not -> notChangeable(what, Optional.of(not.reason()));
            case UapiAnswer.Refused refused ->
                NotDone.refused(what, refused.errno().symbol(), "the daemon refused");
            case UapiAnswer.Unusable unusable ->
                NotDone.unanswered(what, unusable.errno().symbol(), unusable.operation());
            case UapiAnswer.Silent silent -> NotDone.unanswered(what, "ETIMEDOUT", "the daemon does not answer");
            case UapiAnswer.Garbled garbled ->
                NotDone.unanswered(what, "EPROTO", garbled.why().toString());
            case UapiAnswer.Accepted accepted -> throw new IllegalStateException("not an answer to: " + what);
        };
    }

    private static NotDone notChangeable(String what, Optional<String> reason) {
        return NotDone.refused(what, "EPERM", reason.orElse("the daemon must not be changed"));
    }
}
