package dev.reroam;

import dev.reroam.echo.EchoProber;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.network.NetworkMonitor;
import dev.reroam.network.NetworkRehearsal;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.Recovery;
import dev.reroam.recovery.Rehearsal;
import dev.reroam.tunnel.wireguard.act.WireGuardRepair;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.tinylog.Logger;

/**
 * Walks the whole way of a repair at the start, without effect, so that the first failover after three months is as fast as
 * the tenth: the brain decides on a network that does not exist, the kernel is asked for the way to ourselves, the loopback
 * interface is sent an echo, each device is told to refresh peers that it does not have. Confined to the agent's loop.
 */
final class Readiness {

    // The JVM compiles a method after some 200 calls (Tier3InvocationThreshold); before that it costs ten times as
    // much.
    private static final int INCIDENTS = 300;
    /** On a busy machine the whole takes seconds, and what an agent before this one left waits for the slow lane, too. */
    private static final int PARTS = 10;

    private static final int QUESTIONS_A_TURN = 25;
    private static final int TURNS = 10;
    /** As many refreshes, but where a device has a thousand peers no more than this long is spent with it. */
    private static final int REFRESHES = 300;

    private static final long REFRESHES_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long REFRESH_SPACING_MILLIS = 5;

    private static final int LOOPBACK_INDEX = 1;
    private static final IpAddress OURSELVES = IpAddress.parse("127.0.0.1");
    /** The brain numbers from 1 upwards, so nobody waits for this answer. */
    private static final long NOBODYS_ECHO = 0;

    private static final long NOBODYS_REPAIR = 0;

    private final EventLoop loop;
    private final Clock clock;
    private final NetworkMonitor network;
    private final EchoProber echo;
    private final WireGuardRepair repair;
    private final RandomGenerator random;
    private final Set<String> rehearsed = new HashSet<>();

    Readiness(
            EventLoop loop,
            Clock clock,
            NetworkMonitor network,
            EchoProber echo,
            WireGuardRepair repair,
            RandomGenerator random) {
        this.loop = loop;
        this.clock = clock;
        this.network = network;
        this.echo = echo;
        this.repair = repair;
        this.random = random;
    }

    /** Rehearses what needs no device. */
    void start(Recovery recovery, Executor slowLane) {
        slowLane.execute(() -> rehearse(recovery, slowLane, PARTS));
        loop.execute(() -> look(TURNS));
    }

    private static void rehearse(Recovery recovery, Executor slowLane, int parts) {
        Logger.debug(
                "rehearsed {} signs and {} actions",
                NetworkRehearsal.play(INCIDENTS / PARTS),
                Rehearsal.play(recovery, INCIDENTS / PARTS));
        if (parts > 1) {
            try {
                slowLane.execute(() -> rehearse(recovery, slowLane, parts - 1));
            } catch (RejectedExecutionException e) {
                // Why it is safe: the agent stops, or the lane has better things to do; the first incident costs more.
                Logger.debug("no further rehearsal: {}", e.getMessage());
            }
        }
    }

    private void look(int turns) {
        network.rehearse(QUESTIONS_A_TURN);
        try {
            echo.send(NOBODYS_ECHO, LOOPBACK_INDEX, "lo", OURSELVES);
        } catch (LinuxException e) {
            // A loopback interface that is down, or no CAP_NET_RAW, which status says: the first real echo costs more.
            Logger.debug("no echo to rehearse with: {}", e.getMessage());
        }
        if (turns > 1) {
            loop.execute(() -> look(turns - 1));
        }
    }

    /** A device was read; rehearses its refresh when it is the first time that it has peers. */
    void onDevice(Observation.DeviceSeen seen) {
        var device = seen.device();
        if (device.kind() == DeviceKind.OBSERVED || seen.changedPeers().isEmpty()) {
            return;
        }
        if (rehearsed.add(device.name() + "#" + device.interfaceIndex())) {
            var peer = seen.changedPeers().getFirst();
            var refresh = new Action.Refresh(
                    NOBODYS_REPAIR,
                    device,
                    List.of(new Action.PeerRefresh(peer.key(), peer.endpoint(), peer.keepaliveSeconds())));
            rehearse(refresh, REFRESHES, REFRESHES_NANOS);
        }
    }

    private void rehearse(Action.Refresh refresh, int times, long nanos) {
        long began = clock.monotonicNanos();
        repair.rehearse(refresh, random, outcome -> {
            long left = nanos - (clock.monotonicNanos() - began);
            if (outcome instanceof RepairOutcome.Refused refused) {
                Logger.warn(
                        "{} will refuse to be repaired: {}: {} {}",
                        refresh.device().name(),
                        refused.operation(),
                        refused.errno(),
                        refused.message());
            } else if (outcome instanceof RepairOutcome.Done && times > 1 && left > 0) {
                // Not at once: the loop and the daemon have better things to do than to get our code compiled.
                var unused = loop.schedule(
                        () -> rehearse(refresh, times - 1, left), REFRESH_SPACING_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }
}
