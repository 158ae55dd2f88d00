package dev.reroam;

import dev.reroam.host.FileReason;
import dev.reroam.portmap.pcp.PcpNonce;
import dev.reroam.record.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.tinylog.Logger;

/**
 * The nonce by which gateways know our mappings, kept for the agent after this one: with another it could not renew or take
 * back what this one made. Readable by its owner alone. Blocks: for the slow lane.
 */
final class NonceFile {

    private static final int BYTES = 12;

    private NonceFile() {}

    /**
     * The nonce that is in the file, or a new one that is from now on.
     *
     * @param random unguessable
     */
    static PcpNonce read(Path path, RandomGenerator random) {
        var file = new DurableFile(path);
        try {
            Optional<byte[]> kept = file.read(BYTES);
            if (kept.isPresent() && kept.get().length == BYTES) {
                return nonce(kept.get());
            }
            byte[] bytes = drawn(random);
            file.replace(bytes);
            return nonce(bytes);
        } catch (IOException e) {
            Logger.warn(
                    "{}: {}: after a crash, what is mapped by PCP stays until its lease ends", path, FileReason.of(e));
            return nonce(drawn(random));
        }
    }

    private static byte[] drawn(RandomGenerator random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return bytes;
    }

    private static PcpNonce nonce(byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        return new PcpNonce(in.getInt(), in.getLong());
    }
}
