package dev.reroam.tunnel.wireguard.act;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardNudge;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tunnel.wireguard.KernelDevices;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** Changes a device of kernel WireGuard; what it returns is complete already. Confined to the agent loop. */
final class KernelChanger implements DeviceChanger {

    private final KernelDevices kernel;
    private final DeviceFacts device;

    KernelChanger(KernelDevices kernel, DeviceFacts device) {
        this.kernel = kernel;
        this.device = device;
    }

    @Override
    public CompletableFuture<WireGuardDevice> read() {
        return done(() ->
                kernel.read(device.interfaceIndex()).orElseThrow(() -> new NotDone(new RepairOutcome.Vanished())));
    }

    @Override
    public CompletableFuture<Void> refresh(WireGuardDevice now, List<WireGuardNudge> peers) {
        return changed(() -> kernel.refresh(device.interfaceIndex(), now.mark(), peers));
    }

    @Override
    public CompletableFuture<Void> rehearse(RandomGenerator random) {
        return changed(() -> kernel.rehearse(device.interfaceIndex(), random));
    }

    @Override
    public CompletableFuture<Void> listenPort(int port) {
        return changed(() -> kernel.setPort(device.interfaceIndex(), port));
    }

    /** By way of a refresh, whose last word this is: the kernel gives no other that leaves no gap. */
    @Override
    public CompletableFuture<Void> keepalive(WireGuardDevice now, WireGuardKey peer, int seconds) {
        return refresh(now, List.of(new WireGuardNudge(peer, Optional.empty(), seconds)));
    }

    @Override
    public CompletableFuture<Void> endpoint(WireGuardKey peer, Endpoint endpoint) {
        return changed(() -> kernel.setEndpoint(device.interfaceIndex(), peer, endpoint));
    }

    @Override
    public boolean samePortReopens() {
        return false;
    }

    @Override
    public boolean clearsAllSources() {
        return true;
    }

    private CompletableFuture<Void> changed(KernelChange change) {
        return this.<Optional<Void>>done(() -> {
                    change.make();
                    return Optional.empty();
                })
                .thenAccept(nothing -> {});
    }

    private <T> CompletableFuture<T> done(KernelCall<T> call) {
        try {
            return CompletableFuture.completedFuture(call.make());
        } catch (NotDone e) {
            return CompletableFuture.failedFuture(e);
        } catch (LinuxException e) {
            return CompletableFuture.failedFuture(notDone(e));
        } catch (MalformedMessageException e) {
            return CompletableFuture.failedFuture(
                    NotDone.unanswered("change " + device.name(), "EPROTO", String.valueOf(e.getMessage())));
        }
    }

    private static NotDone notDone(LinuxException e) {
        // linux/wireguard.h: no such interface; one that is not WireGuard's.
        if (e.errno().equals(Errno.ENODEV) || e.errno().equals(Errno.EOPNOTSUPP)) {
            return new NotDone(new RepairOutcome.Vanished());
        }
        String words = e instanceof NetlinkException netlink ? netlink.kernelText() : "";
        return e.errno().equals(Errno.ETIMEDOUT)
                ? NotDone.unanswered(e.operation(), e.errno().symbol(), words)
                : NotDone.refused(e.operation(), e.errno().symbol(), words);
    }

    /** A call of the kernel. */
    private interface KernelCall<T> {
        T make() throws LinuxException, MalformedMessageException, NotDone;
    }

    /** A call of the kernel that tells nothing. */
    private interface KernelChange {
        void make() throws LinuxException, MalformedMessageException;
    }
}
