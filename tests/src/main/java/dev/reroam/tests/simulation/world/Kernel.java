package dev.reroam.tests.simulation.world;

import java.util.Set;

/** Hears what the box's kernel announces. */
public interface Kernel {

    /**
     * Something of the network changed, or may have.
     *
     * @param sign for people
     * @param disturbed interfaces that lost something
     * @param carrier it is a carrier event, which the kernel rations
     */
    void changed(String sign, Set<Integer> disturbed, boolean carrier);

    /** A device went, or came back as another one. */
    void device(String name);
}
