package dev.reroam.ledger;

import dev.reroam.record.DurableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The two files of a ledger, as far as they concern it: so that a test can cut the power. Blocks. */
interface LedgerDisk {

    /** Where the ledger is, for messages. */
    Path file();

    /** Where a damaged ledger with this name goes. */
    Path aside(String name);

    /** All that is in it; empty when there is no such file. */
    Optional<byte[]> read() throws IOException;

    /** As {@link DurableFile#append}. */
    void append(byte[] bytes, long length) throws IOException;

    /** As {@link DurableFile#replace}. */
    void replace(byte[] bytes) throws IOException;

    /** Writes a copy of a damaged ledger; again under the same name does nothing new. */
    void keep(String name, byte[] bytes) throws IOException;

    /** In a directory, which is made when it is needed. */
    record InDirectory(Path directory) implements LedgerDisk {

        // A ledger of ours is rewritten long before it is a quarter of this; whatever is larger was not made by us.
        private static final int READ_LIMIT = 8 << 20;

        @Override
        public Path file() {
            return directory.resolve("ledger");
        }

        @Override
        public Path aside(String name) {
            return directory.resolve(name);
        }

        @Override
        public Optional<byte[]> read() throws IOException {
            return new DurableFile(file()).read(READ_LIMIT);
        }

        @Override
        public void append(byte[] bytes, long length) throws IOException {
            new DurableFile(file()).append(bytes, length);
        }

        @Override
        public void replace(byte[] bytes) throws IOException {
            new DurableFile(file()).replace(bytes);
        }

        @Override
        public void keep(String name, byte[] bytes) throws IOException {
            new DurableFile(aside(name)).replace(bytes);
        }
    }
}
