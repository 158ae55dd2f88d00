package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.config.PortmapConfig;
import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Ledger;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.portmap.PortMapper;
import dev.reroam.portmap.PortMappers;
import dev.reroam.portmap.pcp.PcpNonce;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What stands in the way of the first mapping is tried again, whatever it is. */
class WaysInTest {

    // Without a gateway: the mappers are opened, and open no socket.
    private static final Uplink WAN = new Uplink(3, "ppp0", Optional.empty(), IpAddress.parse("192.0.2.7"));

    private final VirtualLoop time = new VirtualLoop();
    private final Ledger ledger = new Ledger() {
        @Override
        public CompletionStage<Void> remember(List<? extends Entry> entries) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> forget(List<? extends Entry> entries) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public List<Entry> entries() {
            return List.of();
        }
    };
    private int full;
    private int unreadable;
    private int read;
    private int opened;

    private final Executor slowLane = task -> {
        if (full > 0) {
            full--;
            throw new RejectedExecutionException("full");
        }
        task.run();
    };

    private final WaysIn ways = new WaysIn(
            PortmapConfig.DEFAULT,
            false,
            ledger,
            () -> 0L,
            slowLane,
            time.loop(),
            time.clock(),
            () -> {
                read++;
                if (unreadable > 0) {
                    unreadable--;
                    throw new IllegalStateException("no such provider");
                }
                return new PcpNonce(1, 2);
            },
            nonce -> new PortMapper.Sockets(null, null, time.clock(), new Random(1), nonce),
            (sockets, book, listener) -> {
                opened++;
                return PortMappers.open(time.loop(), time.clock(), sockets, false, book, listener);
            },
            (uplink, news) -> {});

    private void follow() {
        ways.follow(List.of(WAN), Set.of(), Set.of(51820));
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            time.jump(1, TimeUnit.SECONDS);
        }
    }

    @Test
    void fullSlowLaneIsTriedAgainThoughNothingChanges() {
        full = 2;
        follow();
        assertEquals(1, full);
        follow();
        pass(1);
        assertEquals(1, full, "not before its time");
        pass(2);
        assertEquals(0, full);
        assertEquals(0, opened);
        pass(5);
        assertEquals(1, opened);
    }

    @Test
    void whateverReadingTheNonceThrowsItIsReadAgain() {
        unreadable = 1;
        follow();
        pass(1);
        assertEquals(1, read);
        assertEquals(0, opened);
        pass(3);
        assertEquals(2, read);
        assertEquals(1, opened);
    }
}
