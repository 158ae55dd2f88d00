/**
 * Which gateways do no package's programs play? One that speaks PCP, NAT-PMP and UPnP over real sockets in a namespace of the
 * lab, with switches for everything that gateways do wrong, and a count of all that it hears. Reads and writes its bytes by
 * itself: what the agent's codecs get wrong must not look right here.
 */
@NullMarked
package dev.reroam.tests.lab.gateway;

import org.jspecify.annotations.NullMarked;
