package dev.reroam.lookout;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.LinuxException;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks servers from ports that are somebody else's. Confined to the agent's loop. */
@FunctionalInterface
interface PortQuestions {

    /**
     * Asks once.
     *
     * @param then is told what the server saw, or nothing; never within this call
     * @throws LinuxException EPERM without CAP_NET_RAW
     */
    void ask(TunnelPort from, Endpoint server, Consumer<Optional<Endpoint>> then) throws LinuxException;
}
