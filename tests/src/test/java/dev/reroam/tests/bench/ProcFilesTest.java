package dev.reroam.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Files of Linux 6.18 and lines of OpenJDK 25, shortened. */
class ProcFilesTest {

    @Test
    void readsWhatIsInMemory() {
        var memory = ProcessUse.Memory.parse(
                """
                5555-7fff ---p 00000000 00:00 0                          [rollup]
                Rss:               71680 kB
                Pss:               60000 kB
                Anonymous:         22528 kB
                AnonHugePages:         0 kB
                """, "Name:\tjava\nVmPeak:\t  999999 kB\nVmHWM:\t   72704 kB\nVmRSS:\t   71680 kB\n");
        assertEquals(new ProcessUse.Memory(70 << 20, 22 << 20, 71 << 20), memory);
    }

    @Test
    void readsWhatAThreadUsed() {
        var use = ProcessUse.parse(
                "Name:\tagent\nvoluntary_ctxt_switches:\t17\nnonvoluntary_ctxt_switches:\t3\n", "291119 2874663 2\n");
        assertEquals(new ProcessUse.ThreadUse("agent", 291119, 17), use);
    }

    @Test
    void countsAllOfAThreadThatIsNewAndNothingOfOneThatEnded() {
        var before = new ProcessUse(
                Map.of(1L, new ProcessUse.ThreadUse("main", 100, 10), 2L, new ProcessUse.ThreadUse("ended", 70, 7)));
        var after = new ProcessUse(
                Map.of(1L, new ProcessUse.ThreadUse("main", 150, 12), 3L, new ProcessUse.ThreadUse("new", 5, 1)));
        var used = after.since(before);
        assertEquals(55, used.cpuNanos());
        assertEquals(3, used.wakeUps());
    }

    @Test
    void readsThisProcess() {
        long self = ProcessHandle.current().pid();
        assertTrue(ProcessUse.of(self).cpuNanos() > 0);
        var memory = ProcessUse.Memory.of(self);
        assertTrue(memory.peakResident() >= memory.anonymous() && memory.anonymous() > 0);
    }

    @Test
    void countsTheDropsOfTheProcessesSocketsOnly() {
        var table = """
                sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
                00000000e6a2cf30 0   4711       000404d1 0        0        0     2        25268    70001
                00000000e6a2cf31 0   0          00000000 0        0        0     2        3        70002
                00000000e6a2cf32 0   4711       00000000 0        0        0     2        5        70003
                """;
        assertEquals(25273, NetlinkDrops.parse(table, Set.of("70001", "70003")));
        assertThrows(IllegalStateException.class, () -> NetlinkDrops.parse(table, Set.of("1")));
    }

    @Test
    void readsTheHeapOutOfItsLog() {
        var heap = HeapLog.parse("""
                [0.005s][info][gc] Using Serial
                [0.421s][info][gc] GC(0) Pause Young (Allocation Failure) 1664K->600K(5952K) 2.003ms
                [0.612s][info][gc] GC(1) Pause Young (Allocation Failure) 7M->5M(9M) 2.003ms
                [0.912s][info][gc] GC(2) Pause Full (Metadata GC Threshold) 5M->2M(7M) 12.003ms
                """);
        assertEquals(new HeapLog(3, 7, 5, 9), heap);
    }
}
