package dev.reroam.ledger;

import dev.reroam.host.FileReason;
import dev.reroam.ledger.LedgerWriter.Aside;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.zip.CRC32;

/** Reads what a former run left and brings the file in order. Blocks; used once. */
final class LedgerOpening {

    private final LedgerDisk disk;
    private final String boot;
    private final List<Finding> findings = new ArrayList<>();

    private LedgerOpening(LedgerDisk disk, String boot) {
        this.disk = disk;
        this.boot = boot;
    }

    static LedgerFile.Opened open(LedgerDisk disk, String boot, Executor slowLane, Executor loop) {
        var opening = new LedgerOpening(disk, boot);
        opening.rehearse();
        LedgerWriter writer = opening.writer();
        List<Entry> entries = writer.entries();
        return new LedgerFile.Opened(
                new LedgerFile(writer, boot, entries, slowLane, loop),
                entries.reversed(),
                List.copyOf(opening.findings));
    }

    /**
     * Goes through the motions without the disk. Finding out how records are written takes tens of milliseconds once, and
     * the first repair after three months must not wait for that.
     */
    private void rehearse() {
        var line = new Line.Remember(
                Entry.PortChanged.before("rehearsal", 1, "", 1, 0).to(1), boot);
        Book read = Book.EMPTY;
        for (Line again : Reading.of(Book.EMPTY.with(line).bytes()).lines()) {
            read = read.with(again);
        }
        if (!read.entries().equals(List.of(line.entry()))) {
            throw new IllegalStateException("the ledger cannot read what it writes");
        }
    }

    private LedgerWriter writer() {
        byte[] bytes;
        try {
            Optional<byte[]> found = disk.read();
            if (found.isEmpty()) {
                return settled(new LedgerWriter(disk, Book.EMPTY, Optional.empty()));
            }
            bytes = found.get();
        } catch (IOException e) {
            String why = FileReason.of(e);
            findings.add(new Finding.Unreadable(disk.file(), why));
            return LedgerWriter.locked(disk, why);
        }
        Reading reading = Reading.of(bytes);
        Book whole = Book.EMPTY;
        for (Line line : reading.lines()) {
            whole = whole.with(line);
        }
        Book book = whole.ofBoot(boot);
        if (!book.equals(whole)) {
            findings.add(new Finding.FormerBoot(
                    whole.standing().size() - book.standing().size()));
        }
        return settled(new LedgerWriter(disk, book, aside(reading, bytes)));
    }

    /** Tells what is wrong with the file; present when it must be kept. */
    private Optional<Aside> aside(Reading reading, byte[] bytes) {
        reading.torn().ifPresent(torn -> findings.add(new Finding.TornTail(disk.file(), torn.line(), torn.bytes())));
        if (reading.damaged().isEmpty()) {
            return Optional.empty();
        }
        // Named by its content: found again after a crash in the middle of this, it is the same file.
        var crc = new CRC32();
        crc.update(bytes);
        String name = "ledger.damaged-" + HexFormat.of().toHexDigits((int) crc.getValue());
        for (Reading.Damage damage : reading.damaged()) {
            findings.add(new Finding.Damaged(disk.file(), damage.line(), damage.why(), disk.aside(name)));
        }
        return Optional.of(new Aside(name, bytes));
    }

    private LedgerWriter settled(LedgerWriter writer) {
        try {
            writer.settle();
        } catch (LedgerException e) {
            findings.add(new Finding.NotWritable(disk.file(), String.valueOf(e.getMessage())));
        }
        return writer;
    }
}
