package dev.reroam.tunnel.wireguard;

import dev.reroam.host.UnixSockets;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.tunnel.wireguard.UapiOwner.Residence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds out whose a daemon's socket is. The folders of these sockets are shared by all network namespaces, so a socket whose
 * interface has a namesake here may belong to a container. Confined to one thread; reads small files of /proc.
 */
final class UapiOwners {

    private final Path proc;
    private final ByteBuffer credentials = ByteBuffer.allocateDirect(12).order(ByteOrder.nativeOrder());
    private final ByteBuffer length = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());

    /** @param proc where procfs is mounted */
    UapiOwners(Path proc) {
        this.proc = proc;
    }

    /** The owner of a connected socket. */
    UapiOwner of(Descriptor socket, String path) throws LinuxException {
        credentials.clear();
        // linux/socket.h struct ucred: pid, uid, gid.
        Libc.check(
                "read the owner of " + path,
                Libc.socketOption(socket.fd(), Libc.SOL_SOCKET, Libc.SO_PEERCRED, credentials, length));
        return of(credentials.getInt(0), credentials.getInt(4), path);
    }

    UapiOwner of(int processId, int userId, String path) {
        var process = proc.resolve(Integer.toString(processId));
        return new UapiOwner(processId, userId, residence(process, path), program(process));
    }

    /**
     * A socket belongs to the namespace it was made in, and /proc/net/unix lists those of ours. That comes first, because the
     * credentials name the process that called listen(2): wireguard-go's is gone by then, as it forks afterwards, and its
     * number may be somebody else's.
     */
    private Residence residence(Path process, String path) {
        if (UnixSockets.isListening(proc, path)) {
            return Residence.HERE;
        }
        var ours = namespace(UnixSockets.self(proc));
        var theirs = namespace(process);
        if (ours.isEmpty() || theirs.isEmpty()) {
            return Residence.UNKNOWN;
        }
        return ours.equals(theirs) ? Residence.HERE : Residence.ELSEWHERE;
    }

    private static Optional<String> namespace(Path process) {
        return link(process.resolve("ns/net"));
    }

    private static String program(Path process) {
        String name;
        try {
            name = Files.readString(process.resolve("comm"), StandardCharsets.ISO_8859_1)
                    .strip();
        } catch (IOException e) {
            // Why it is safe: the process is gone or hidden; the daemon's answer shows its kind too.
            name = "";
        }
        return (name + " " + link(process.resolve("exe")).orElse("")).strip();
    }

    private static Optional<String> link(Path path) {
        try {
            return Optional.of(Files.readSymbolicLink(path).toString());
        } catch (IOException e) {
            // Why it is safe: absence is the answer.
            return Optional.empty();
        }
    }
}
