package dev.reroam.tunnel.wireguard.act;

import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Ledger;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what it was told, in words without the time. */
final class FakeLedger implements Ledger {

    final List<String> log = new CopyOnWriteArrayList<>();
    Runnable before = () -> {};
    boolean broken;
    /** What it says that it holds, whatever it is told. */
    List<Entry> standing = List.of();

    @Override
    public CompletionStage<Void> remember(List<? extends Entry> entries) {
        return write("remember ", entries);
    }

    @Override
    public CompletionStage<Void> forget(List<? extends Entry> entries) {
        return write("forget ", entries);
    }

    @Override
    public List<Entry> entries() {
        return standing;
    }

    private CompletionStage<Void> write(String verb, List<? extends Entry> entries) {
        if (broken) {
            return CompletableFuture.failedFuture(new IOException("disk full"));
        }
        before.run();
        entries.forEach(entry -> log.add(verb + entry.toString().replaceAll("atMillis=\\d+", "atMillis=0")));
        return CompletableFuture.completedFuture(null);
    }
}
