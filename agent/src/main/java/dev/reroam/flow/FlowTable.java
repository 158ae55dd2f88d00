package dev.reroam.flow;

import dev.reroam.linux.conntrack.Conntrack;
import dev.reroam.linux.conntrack.Flow;
import dev.reroam.linux.conntrack.FlowFilter;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.util.Optional;
import java.util.function.Consumer;

/** The kernel's table of flows as it is used here: {@link Conntrack}, or a fake in tests. Confined to the agent loop. */
public interface FlowTable extends AutoCloseable {

    /** A reading that goes on piece by piece. */
    interface Reading {
        /** Reads so many datagrams on; whether that was the end. */
        boolean advance(int datagrams) throws LinuxException, MalformedMessageException;
    }

    /** Opens tables. */
    interface Opener {
        /** {@link Conntrack#open}. */
        Optional<FlowTable> open() throws LinuxException, MalformedMessageException;
    }

    /** {@link Conntrack#stream}. */
    Reading read(FlowFilter filter, Consumer<Flow> consumer) throws LinuxException;

    /** {@link Conntrack#forget}. */
    Conntrack.Forgetting forget(Flow flow) throws LinuxException, MalformedMessageException;

    @Override
    void close();

    /** The kernel's, in the network namespace of the thread that opens it. */
    static Opener kernel() {
        return () -> Conntrack.open().map(KernelFlowTable::new);
    }
}
