package dev.reroam.ledger;

import dev.reroam.host.FileReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Keeps the file saying what the book says. Confined to the slow lane, after it was made. */
final class LedgerWriter {

    // Ours. Below it the file only grows by lines; one fsync instead of three.
    private static final int REWRITE_AT = 64 << 10;
    // Ours. Thousands of changes that were never undone are a bug of ours, and must not fill somebody's flash.
    static final int STANDING_LIMIT = 1 << 20;

    /** A damaged file that must be copied before it is written over. */
    static final class Aside {
        private final String name;
        private final byte[] bytes;

        Aside(String name, byte[] bytes) {
            this.name = name;
            this.bytes = bytes;
        }
    }

    private final LedgerDisk disk;
    private Book book;
    private long length;
    // The file says something else than the book, or cannot be added to.
    private boolean rewrite = true;
    private Optional<Aside> aside;
    private final Optional<String> locked;

    /** A writer for what was read; the file says something else until {@link #settle}. */
    LedgerWriter(LedgerDisk disk, Book book, Optional<Aside> aside) {
        this(disk, book, aside, Optional.empty());
    }

    private LedgerWriter(LedgerDisk disk, Book book, Optional<Aside> aside, Optional<String> locked) {
        this.disk = disk;
        this.book = book;
        this.aside = aside;
        this.locked = locked;
    }

    /** For a file that is there and cannot be read: it would be lost if it were written over, so nothing is written. */
    static LedgerWriter locked(LedgerDisk disk, String why) {
        return new LedgerWriter(disk, Book.EMPTY, Optional.empty(), Optional.of(why));
    }

    /** What stands on the disk. */
    List<Entry> entries() {
        return book.entries();
    }

    /** Writes the file anew: shows at the start whether that can be done, and warms the way for the first repair. */
    void settle() throws LedgerException {
        replace(book);
    }

    /** Takes the lines in, on the disk first; all of them or none. What then stands is the answer. */
    List<Entry> write(List<? extends Line> lines) throws LedgerException {
        if (locked.isPresent()) {
            throw new LedgerException(disk.file() + ": cannot be read: " + locked.get());
        }
        Book next = book;
        var news = new ByteArrayOutputStream();
        for (Line line : lines) {
            Book after = next.with(line);
            if (!after.equals(next)) {
                news.writeBytes(line.bytes());
                next = after;
            }
        }
        if (next.equals(book)) {
            return book.entries();
        }
        if (rewrite || length + news.size() > REWRITE_AT) {
            replace(next);
        } else {
            append(next, news.toByteArray());
        }
        return book.entries();
    }

    private void append(Book next, byte[] lines) throws LedgerException {
        try {
            disk.append(lines, length);
        } catch (IOException e) {
            // Half of it may be there, and after a failed fsync the kernel takes lost pages for written ones.
            rewrite = true;
            throw failed(e);
        }
        length += lines.length;
        book = next;
    }

    private void replace(Book next) throws LedgerException {
        byte[] bytes = next.bytes();
        if (bytes.length > STANDING_LIMIT) {
            throw new LedgerException(disk.file() + ": holds too many changes that were never undone");
        }
        try {
            if (aside.isPresent()) {
                disk.keep(aside.get().name, aside.get().bytes);
                aside = Optional.empty();
            }
            disk.replace(bytes);
        } catch (IOException e) {
            rewrite = true;
            throw failed(e);
        }
        rewrite = false;
        length = bytes.length;
        book = next;
    }

    private LedgerException failed(IOException e) {
        return new LedgerException(disk.file() + ": cannot be written: " + FileReason.of(e), e);
    }
}
