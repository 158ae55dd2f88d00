package dev.reroam;

import dev.reroam.echo.EchoProber;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.network.NetworkMonitor;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.Recovery;
import dev.reroam.recovery.Rehearsal;
import dev.reroam.tunnel.wireguard.act.WireGuardRepair;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
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
    private static final int QUESTIONS_A_TURN = 25;
    private static final int TURNS = 10;
    /** Enough to load and link everything; a daemon has better things to do than to compile our code for us. */
    private static final int REFRESHES = 12;

    private static final int LOOPBACK_INDEX = 1;
    private static final IpAddress OURSELVES = IpAddress.parse("127.0.0.1");
    /** The brain numbers from 1 upwards, so nobody waits for this answer. */
    private static final long NOBODYS_ECHO = 0;

    private final EventLoop loop;
    private final NetworkMonitor network;
    private final EchoProber echo;
    private final WireGuardRepair repair;
    private final RandomGenerator random;
    private final Set<String> rehearsed = new HashSet<>();

    Readiness(EventLoop loop, NetworkMonitor network, EchoProber echo, WireGuardRepair repair, RandomGenerator random) {
        this.loop = loop;
        this.network = network;
        this.echo = echo;
        this.repair = repair;
        this.random = random;
    }

    /** Rehearses what needs no device. */
    void start(Recovery recovery, Executor slowLane) {
        slowLane.execute(() -> Logger.debug("rehearsed {} actions", Rehearsal.play(recovery, INCIDENTS)));
        loop.execute(() -> look(TURNS));
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

    /** A device was read; rehearses its refresh when it is the first time. */
    void onDevice(DeviceFacts device) {
        if (device.kind() != DeviceKind.OBSERVED && rehearsed.add(device.name() + "#" + device.interfaceIndex())) {
            refresh(device, REFRESHES);
        }
    }

    private void refresh(DeviceFacts device, int times) {
        repair.rehearse(device, random, outcome -> {
            if (outcome instanceof RepairOutcome.Refused refused) {
                Logger.warn(
                        "{} will refuse to be repaired: {}: {} {}",
                        device.name(),
                        refused.operation(),
                        refused.errno(),
                        refused.message());
            } else if (outcome instanceof RepairOutcome.Done && times > 1) {
                loop.execute(() -> refresh(device, times - 1));
            }
        });
    }
}
